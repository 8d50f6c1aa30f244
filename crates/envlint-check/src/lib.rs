//! The rules of envlint.
