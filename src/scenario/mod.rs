//! Synthetic multi-agency scenarios with their answer keys.
