//! Typed services that envlint knows.
