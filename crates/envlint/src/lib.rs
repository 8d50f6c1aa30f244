//! Proves, before a deploy, that the configuration and secrets of a set of services are right.
