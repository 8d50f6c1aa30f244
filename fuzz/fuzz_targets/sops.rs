#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| envlint_fuzz::run("sops", bytes));
