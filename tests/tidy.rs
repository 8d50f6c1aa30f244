//! What the repository promises about itself and no compiler checks: the map is true, values
//! stay with those who read them, files stay small, messages sound alike.
#![allow(
    clippy::disallowed_methods,
    reason = "the test reads the repository that it is about, and nothing else"
)]

mod repository;

use std::collections::{BTreeMap, BTreeSet};

use repository::{RustFile, crates, files, names_in, rust_files, table, text};

/// The longest file, in lines.
const MAX_LINES: usize = 800;

/// The crates that may look at values. Those that decide what a person sees are not among them:
/// what they know of a value is what its kind or its schema says of it.
const READ_VALUES: [&str; 10] = [
    "envlint-config",
    "envlint-model",
    "envlint-os",
    "envlint-parse",
    "envlint-project",
    "envlint-proxy",
    "envlint-resolve",
    "envlint-schema",
    "envlint-secrets",
    "envlint-types",
];

/// How a sentence starts, and so how no message does.
const SENTENCE_STARTS: [&str; 20] = [
    "A", "Add", "All", "An", "At", "Could", "Every", "Failed", "If", "In", "Invalid", "It", "No",
    "Set", "The", "There", "This", "Use", "You", "Your",
];

/// Words that we do not use, and the ones that we do.
const WORDS: [(&str, &str); 6] = [
    ("env var", "variable"),
    ("environment variable", "variable"),
    ("config item", "variable"),
    ("failed to", "what is the case instead"),
    ("please", "nothing"),
    ("microservice", "service"),
];

/// Fails with all complaints at once.
#[track_caller]
fn none(rule: &str, complaints: impl IntoIterator<Item = String>) {
    let complaints: Vec<String> = complaints.into_iter().collect();
    assert!(complaints.is_empty(), "{rule}:\n  {}", complaints.join("\n  "));
}

/// The Rust files of all crates.
fn sources() -> Vec<RustFile> {
    let in_src = |path: &String| path.starts_with("crates/") && path.contains("/src/");
    let files: Vec<RustFile> =
        rust_files().into_iter().filter(in_src).map(|path| RustFile::read(&path)).collect();
    assert!(files.len() > 20, "the sources are where this test looks for them");
    files
}

/// What is compiled into what people use: unit tests in files of their own are left out.
fn shipped() -> Vec<RustFile> {
    let is_test =
        |file: &RustFile| file.path.ends_with("/tests.rs") || file.path.contains("/tests/");
    sources().into_iter().filter(|file| !is_test(file)).collect()
}

/// The crate that a path lies in.
fn crate_of(path: &str) -> &str {
    path.split('/').nth(1).unwrap_or_default()
}

/// The binary's sources stand in a folder of their own, its `Cargo.toml` at the root.
fn manifest_of(crate_name: &str) -> String {
    match crate_name {
        "envlint-cli" => text("Cargo.toml"),
        _ => text(&format!("crates/{crate_name}/Cargo.toml")),
    }
}

#[test]
fn crates_import_what_the_map_says() {
    let ours = |names: Vec<String>| -> BTreeSet<String> {
        names.into_iter().filter(|name| name.starts_with("envlint")).collect()
    };
    let on_the_map: BTreeMap<String, BTreeSet<String>> = table(&text("ARCHITECTURE.md"), "crate")
        .into_iter()
        .map(|row| (row[0].clone(), ours(row[2].split(", ").map(str::to_owned).collect())))
        .collect();
    let in_the_folders: BTreeMap<String, BTreeSet<String>> = crates()
        .into_iter()
        .map(|name| (name.clone(), ours(names_in(&manifest_of(&name), "[dependencies]"))))
        .collect();
    let all: BTreeSet<&String> = on_the_map.keys().chain(in_the_folders.keys()).collect();
    let differing =
        all.into_iter().filter(|name| on_the_map.get(*name) != in_the_folders.get(*name));
    none(
        "an arrow between crates is a design decision, made in ARCHITECTURE.md",
        differing.map(|name| {
            let (map, folder) = (on_the_map.get(name), in_the_folders.get(name));
            format!("{name}: the map says {map:?}, its Cargo.toml {folder:?}")
        }),
    );
}

#[test]
fn every_dependency_has_a_reason() {
    let used_in = |section| -> BTreeSet<String> {
        crates().iter().flat_map(|name| names_in(&manifest_of(name), section)).collect()
    };
    let (shipped, tested) = (used_in("[dependencies]"), used_in("[dev-dependencies]"));
    let part_of = |name: &String| match (shipped.contains(name), tested.contains(name)) {
        (true, _) => "what ships".to_owned(),
        (false, true) => "tests".to_owned(),
        (false, false) => "nothing".to_owned(),
    };
    let used: BTreeSet<String> = names_in(&text("Cargo.toml"), "[workspace.dependencies]")
        .into_iter()
        .filter(|name| !name.starts_with("envlint"))
        .map(|name| format!("{name}: {}", part_of(&name)))
        .collect();
    let rows = table(&text("ARCHITECTURE.md"), "dependency");
    none("no reason", rows.iter().filter(|row| row[2].len() < 20).map(|row| row[0].clone()));
    let explained = rows.iter().map(|row| format!("{}: {}", row[0], row[1])).collect();
    let differing = used.symmetric_difference(&explained).cloned();
    none("the dependencies of Cargo.toml and of ARCHITECTURE.md differ", differing);
}

#[test]
fn every_bound_is_documented() {
    let documented: BTreeSet<[String; 3]> = table(&text("ARCHITECTURE.md"), "bound")
        .into_iter()
        .map(|row| [format!("crates/{}", row[1]), row[0].clone(), row[2].clone()])
        .collect();
    let declared: BTreeSet<[String; 3]> = shipped()
        .iter()
        .flat_map(|file| {
            bounds_in(&file.code).map(|[name, value]| [file.path.clone(), name, value])
        })
        .collect();
    assert!(declared.len() > 10, "bounds are found where they are declared");
    let differing = documented.symmetric_difference(&declared).map(|bound| bound.join(" "));
    none("the bounds of the code and of ARCHITECTURE.md differ", differing);
}

/// The public constants called `MAX_...`, and their values as a person writes them.
fn bounds_in(code: &str) -> impl Iterator<Item = [String; 2]> {
    code.lines().filter_map(|line| {
        let (name, rest) = line.trim().strip_prefix("pub const MAX_")?.split_once(':')?;
        let value = rest.split_once("= ")?.1.trim_end_matches(';');
        let number = |text: &str| text.trim().replace('_', "").parse::<u64>().ok();
        let value = match value.split_once("<<") {
            Some((base, shift)) => number(base)? << number(shift)?,
            None => value.split('*').map(number).product::<Option<u64>>()?,
        };
        let unit = [(20, "MiB"), (10, "KiB")]
            .into_iter()
            .find(|(bits, _)| name.ends_with("BYTES") && value % (1 << bits) == 0);
        let value = match unit {
            Some((bits, unit)) => format!("{} {unit}", value >> bits),
            None => value.to_string(),
        };
        Some([format!("MAX_{name}"), value])
    })
}

#[test]
fn files_are_short() {
    let lengths = rust_files().into_iter().map(|path| (text(&path).lines().count(), path));
    let long = lengths.filter(|(lines, _)| *lines > MAX_LINES);
    none("split along the data", long.map(|(lines, path)| format!("{path} has {lines} lines")));
}

#[test]
fn every_file_is_compiled() {
    let sources = sources();
    let by_path: BTreeMap<&str, &RustFile> =
        sources.iter().map(|file| (file.path.as_str(), file)).collect();
    let mut reached = BTreeSet::new();
    let is_root = |path: &&str| {
        let in_src = path.split("/src/").nth(1).unwrap_or_default();
        matches!(in_src, "lib.rs" | "main.rs")
    };
    let mut pending: Vec<String> =
        by_path.keys().filter(|path| is_root(path)).map(|path| (*path).to_owned()).collect();
    while let Some(path) = pending.pop() {
        let Some(file) = by_path.get(path.as_str()) else { continue };
        let folder = match path.rsplit_once('/') {
            Some((folder, "lib.rs" | "main.rs" | "mod.rs")) => folder.to_owned(),
            _ => path.trim_end_matches(".rs").to_owned(),
        };
        for module in &file.modules {
            pending.push(format!("{folder}/{module}.rs"));
            pending.push(format!("{folder}/{module}/mod.rs"));
        }
        reached.insert(path);
    }
    let forgotten = by_path.keys().filter(|path| !reached.contains(**path));
    none("no `mod` line leads to these files", forgotten.map(|path| (*path).to_owned()));
}

#[test]
fn values_stay_with_those_who_read_them() {
    let shipped = shipped();
    let exposing = shipped.iter().filter(|file| file.code.contains(".expose("));
    let (readers, others): (Vec<_>, Vec<_>) =
        exposing.partition(|file| READ_VALUES.contains(&crate_of(&file.path)));
    assert!(!readers.is_empty(), "calls of `expose` are recognised");
    none("values are exposed here", others.iter().map(|file| file.path.clone()));
}

#[test]
fn unsafe_code_is_absent() {
    let words = |file: &RustFile| {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        file.code.split(|c| !is_word(c)).any(|word| word == "unsafe" || word == "unsafe_code")
    };
    let files = shipped().into_iter().filter(words).map(|file| file.path);
    none("unsafe code, or permission for it", files);
    let lints = |name: &String| !manifest_of(name).contains("\n[lints]\nworkspace = true\n");
    none("these crates do not take the workspace's lints", crates().into_iter().filter(lints));
}

#[test]
fn messages_sound_alike() {
    let mut complaints = Vec::new();
    for file in shipped() {
        for (line, message) in messages(&file) {
            for fault in faults(&message) {
                complaints.push(format!("{}:{line}: {fault}: {message:?}", file.path));
            }
        }
    }
    none("messages are lower case, without a final stop, in our words", complaints);
}

/// The texts that a person reads in a finding or an error, as far as they stand in the source:
/// all of a rule's, and those of error types and syntax errors elsewhere.
fn messages(file: &RustFile) -> Vec<(usize, String)> {
    let lines: Vec<&str> = file.code.lines().collect();
    // What stands in a declaration is documentation and files of examples.
    let declared = lines.iter().position(|line| line.starts_with("declare_rule!"));
    let end_of_declaration = lines.iter().skip(declared.unwrap_or(0)).position(|line| *line == "}");
    let is_message = |line: usize| {
        if is_rule(&file.path) {
            return declared.zip(end_of_declaration).is_none_or(|(from, to)| line > from + to + 1);
        }
        let near = [line.saturating_sub(2), line.saturating_sub(1)].map(|at| lines.get(at));
        near.iter().flatten().any(|line| {
            ["#[error(", "SyntaxError::new(", ".with_help("].iter().any(|call| line.contains(call))
        })
    };
    file.strings.iter().filter(|(line, _)| is_message(*line)).cloned().collect()
}

fn faults(message: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let first = message.split(' ').next().unwrap_or_default();
    if SENTENCE_STARTS.contains(&first) && message.contains(' ') {
        faults.push("starts like a sentence".to_owned());
    }
    if message.ends_with('.') && !message.ends_with("..") && message.contains(' ') {
        faults.push("ends with a stop".to_owned());
    }
    let lower = message.to_lowercase();
    for (word, ours) in WORDS {
        if lower.contains(word) {
            faults.push(format!("says {word:?} for {ours}"));
        }
    }
    faults
}

#[test]
fn faults_of_messages_are_found() {
    assert_eq!(faults("The value is wrong.").len(), 2);
    assert_eq!(faults("failed to read the env var").len(), 2);
    assert_eq!(faults("AUTH_SECRET of {service} is not set"), [""; 0]);
}

/// Rules live at `crates/envlint-check/src/<group>/<rule_name>.rs`.
fn is_rule(path: &str) -> bool {
    let inside = path.strip_prefix("crates/envlint-check/src/");
    inside.is_some_and(|path| path.matches('/').count() == 1 && !path.ends_with("/mod.rs"))
}

#[test]
fn every_rule_is_registered_and_announced() {
    let changelog = text("CHANGELOG.md");
    let mut complaints = Vec::new();
    let rules: Vec<RustFile> = shipped().into_iter().filter(|file| is_rule(&file.path)).collect();
    assert!(!rules.is_empty(), "rules are where this test looks for them");
    for rule in rules.iter().filter(|rule| rule.code.contains("declare_rule!")) {
        let mut parts = rule.path.trim_end_matches(".rs").rsplit('/');
        let (stem, group) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let name = stem.replace('_', "-");
        let declares =
            |field: &str, value: &str| text(&rule.path).contains(&format!("{field}: \"{value}\""));
        let registry = text(&format!("crates/envlint-check/src/{group}/mod.rs"));
        let expectations = [
            (declares("name", &name), "is not called as its file is"),
            (
                summary(&rule.path).is_some_and(|line| faults(&line).is_empty()),
                "has no summary of one line, lower case, without a stop",
            ),
            (declares("group", group), "is not of the group that its folder is"),
            (registry.contains(&format!("{stem}::RULE")), "is not registered in its group"),
            (changelog.contains(&format!("`{name}`")), "is not in CHANGELOG.md"),
        ];
        let broken = expectations.iter().filter(|(holds, _)| !holds);
        complaints.extend(broken.map(|(_, what)| format!("{name} {what}")));
    }
    none("rules", complaints);
}

/// The first line of a rule's documentation.
fn summary(path: &str) -> Option<String> {
    let text = text(path);
    let declaration = text.lines().skip_while(|line| !line.starts_with("declare_rule!"));
    declaration.skip(1).find_map(|line| Some(line.trim().strip_prefix("///")?.trim().to_owned()))
}

#[test]
fn no_path_of_a_machine_is_written_down() {
    // Written in two parts, so that this file does not speak of them.
    let paths = [["/wo", "rk/"], ["/tm", "p/"], ["/ro", "ot/"]].map(|parts| parts.concat());
    let mut complaints = Vec::new();
    for path in files("") {
        let Ok(text) = std::fs::read_to_string(repository::root().join(&path)) else { continue };
        let found = paths.iter().filter(|machine| text.contains(machine.as_str()));
        complaints.extend(found.map(|machine| format!("{path} speaks of {machine}")));
    }
    none("only paths of the repository mean anything to a reader", complaints);
}

/// Git turns `CR LF` into `LF` in what it takes for text, and a fixture into another one.
#[test]
fn files_with_carriage_returns_are_checked_out_as_they_are() {
    let attributes = text(".gitattributes");
    let kept: Vec<&str> =
        attributes.lines().filter_map(|line| line.strip_suffix("** -text")).collect();
    let with_returns = files("").into_iter().chain(files("fuzz/corpus")).filter(|path| {
        std::fs::read(repository::root().join(path)).is_ok_and(|bytes| bytes.contains(&b'\r'))
    });
    let (as_they_are, changed): (Vec<String>, Vec<String>) =
        with_returns.partition(|path| kept.iter().any(|folder| path.starts_with(folder)));
    assert!(as_they_are.iter().any(|path| path.starts_with("fuzz/")), "corpora are looked at");
    none("git would change these files: say `-text` of them", changed);
}

#[test]
fn the_readme_says_what_ci_runs() {
    let readme = text("README.md");
    let commands: Vec<&str> =
        readme.lines().map(str::trim).filter(|line| line.starts_with("cargo ")).collect();
    assert!(commands.len() >= 2, "the README has its two commands on lines of their own");
    let ci = text(".ci/run");
    let runs = |command: &str| {
        ci.lines().any(|line| {
            line.trim()
                .strip_prefix(command)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(" ||"))
        })
    };
    let missing = commands.iter().filter(|command| !runs(command));
    none(".ci/run does not run", missing.map(|command| (*command).to_owned()));
}

#[test]
fn the_readme_shows_what_is_really_said() {
    let readme = text("README.md");
    let said = text("tests/snapshots/expected/broken.txt");
    let shown: Vec<&str> = readme.split("```text\n").skip(1).collect();
    assert!(!shown.is_empty(), "the README has a sample");
    let blocks = shown.iter().filter_map(|rest| rest.split("\n```").next());
    let paragraphs = blocks.flat_map(|block| block.split("\n\n"));
    let invented = paragraphs.filter(|paragraph| !said.contains(paragraph));
    none("nobody says this", invented.map(str::to_owned));
}
