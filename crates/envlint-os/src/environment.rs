use std::ffi::OsString;

use envlint_model::{ProcessEnvironment, Secret};
use zeroize::Zeroizing;

/// The environment of this process.
///
/// A variable whose name or value is no Unicode text is left out. The alternative, replacing
/// the bytes in question, would hand the check a value that no process has: an identity that
/// can not decrypt, or a password that equals another one only because both were mangled.
pub fn process_environment() -> ProcessEnvironment {
    from_os(std::env::vars_os())
}

fn from_os(variables: impl Iterator<Item = (OsString, OsString)>) -> ProcessEnvironment {
    variables
        .filter_map(|(name, value)| {
            let value = Zeroizing::new(value.into_string().ok()?);
            Some((name.into_string().ok()?, Secret::made(value)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_values_as_they_are() {
        let set = [("A", "CANARY = \u{e9}\n"), ("EMPTY", "")];
        let environment = from_os(set.map(|(name, value)| (name.into(), value.into())).into_iter());
        assert!(environment.get("A").is_some_and(|value| value.expose() == "CANARY = \u{e9}\n"));
        assert!(environment.get("EMPTY").is_some_and(Secret::is_empty));
        assert!(environment.get("B").is_none());
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_text_is_left_out_and_not_mangled() {
        use std::os::unix::ffi::OsStringExt;

        let mangled = || OsString::from_vec(b"CANARY\xff".to_vec());
        let set = [("VALUE".into(), mangled()), (mangled(), "1".into()), ("B".into(), "1".into())];
        let environment = from_os(set.into_iter());
        assert!(environment.get("VALUE").is_none());
        assert!(environment.get("CANARY\u{fffd}").is_none());
        assert!(environment.is_set("B"));
    }

    #[test]
    fn reads_this_process() {
        assert!(process_environment().is_set("PATH"));
    }
}
