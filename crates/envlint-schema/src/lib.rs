//! The schema model of envlint and its evaluation.
