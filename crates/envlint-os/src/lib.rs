//! The operating system's side of envlint: the disk, the process environment, the clock.
