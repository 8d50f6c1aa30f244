//! The proxy chain in front of a service, simulated.
