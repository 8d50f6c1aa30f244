//! The schema file beside a service's code, which `envlint check` reads, kept equal to its struct.

use std::path::Path;

use schemars::JsonSchema;

use crate::plan::json_schema;

/// Fails unless the file holds the JSON Schema of `T`: one line of a test keeps what
/// `envlint check` knows of a service equal to what the service reads.
///
/// The path starts at the directory of the package whose tests run. With `ENVLINT_UPDATE=1` in the
/// environment the file is written instead of compared; a directory that is missing is made.
///
/// ```no_run
/// # #[derive(serde::Deserialize, envlint_config::JsonSchema)] struct Api { port: u16 }
/// #[test]
/// fn the_schema_is_the_struct() {
///     envlint_config::assert_schema::<Api>("schemas/api.schema.json");
/// }
/// ```
///
/// # Panics
///
/// If they differ, or if the file can not be read or written.
#[track_caller]
#[expect(clippy::panic, reason = "a test fails by a panic")]
pub fn assert_schema<T: JsonSchema>(path: &str) {
    let environment = envlint_os::process_environment();
    // Cargo sets it for the tests of a package, and starts them in that directory as well.
    let package = environment.get("CARGO_MANIFEST_DIR").map(|directory| directory.expose());
    let file = Path::new(package.unwrap_or(".")).join(path);
    let update = environment.is_set("ENVLINT_UPDATE");
    if let Err(problem) = check_schema::<T>(&file, path, update) {
        panic!("{problem}");
    }
}

/// The text of the file: JSON that a person can read.
fn text_of<T: JsonSchema>() -> String {
    let mut text = format!("{:#}", json_schema::<T>());
    text.push('\n');
    text
}

#[expect(
    clippy::disallowed_methods,
    reason = "the file belongs to the package whose test asks for it, and no service writes it"
)]
fn check_schema<T: JsonSchema>(file: &Path, path: &str, update: bool) -> Result<(), String> {
    let expected = text_of::<T>();
    let found = std::fs::read_to_string(file);
    if found.as_ref().is_ok_and(|found| *found == expected) {
        return Ok(());
    }
    if update {
        let made = file.parent().map_or(Ok(()), std::fs::create_dir_all);
        let written = made.and_then(|()| std::fs::write(file, expected));
        return written.map_err(|error| format!("{path} can not be written: {}", error.kind()));
    }
    let how = "run the test again with ENVLINT_UPDATE=1 in the environment";
    match found {
        Ok(found) => {
            let same = found.lines().zip(expected.lines()).take_while(|(a, b)| a == b).count();
            let name = T::schema_name();
            Err(format!("{path} is not the schema of {name} from line {} on; {how}", same + 1))
        }
        Err(error) => Err(format!("{path} can not be read: {}; {how}", error.kind())),
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    /// What it reads.
    #[derive(Deserialize, JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Api {
        port: u16,
    }

    #[test]
    fn a_file_is_written_once_and_then_compared() {
        let target = envlint_os::process_environment();
        let binary = target.get("CARGO_MANIFEST_DIR").map(|directory| directory.expose());
        let folder = Path::new(binary.unwrap_or(".")).join("tests/made");
        let file = folder.join("api.schema.json");
        let check = |update| check_schema::<Api>(&file, "api.schema.json", update);
        let absent = check(false).unwrap_err();
        assert!(
            absent.starts_with("api.schema.json can not be read: entity not found"),
            "{absent}"
        );
        assert_eq!((check(true), check(false)), (Ok(()), Ok(())));
        change(&file);
        let differs = check(false).unwrap_err();
        assert!(
            differs.starts_with("api.schema.json is not the schema of Api from line 5 on"),
            "{differs}"
        );
        assert_eq!((check(true), check(false)), (Ok(()), Ok(())));
        remove(&folder);
    }

    #[expect(clippy::disallowed_methods, reason = "the test made the file")]
    fn change(file: &Path) {
        let text = std::fs::read_to_string(file).unwrap();
        std::fs::write(file, text.replace("What it reads", "What it read")).unwrap();
    }

    #[expect(clippy::disallowed_methods, reason = "the test made the folder")]
    fn remove(folder: &Path) {
        std::fs::remove_dir_all(folder).unwrap();
    }
}
