//! Effective environments and the network between services.
