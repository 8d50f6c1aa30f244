//! Encrypted files in memory, identities, and the strength of secrets.
