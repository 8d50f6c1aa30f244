//! Reports of envlint: text, JSON, SARIF, workflow annotations.
