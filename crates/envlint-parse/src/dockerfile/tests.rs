use std::sync::Arc;

use envlint_model::{Form, SourceFile, Sources};
use proptest::prelude::*;

use super::*;

fn file(text: &str) -> Arc<SourceFile> {
    let text = text.to_owned().into_boxed_str().into();
    Sources::default().add("Dockerfile".into(), Form::Plain, text)
}

/// What `ENV` and `ARG` of the last stage say: the name, and the text or `-`.
fn variables(text: &str) -> Vec<(String, String)> {
    let (document, errors) = parse(&file(text));
    assert_eq!(errors, [], "{text}");
    let stage = document.stages().last().expect("a stage");
    let mut found = Vec::new();
    for instruction in &stage.instructions {
        let (Instruction::Arg(all) | Instruction::Env(all)) = instruction else { continue };
        for one in all {
            assert_eq!(document.file().slice(one.name_span), one.name.as_str());
            let value = one.value.as_ref().map(|value| value.text.expose().to_owned());
            found.push((one.name.to_string(), value.unwrap_or_else(|| "-".to_owned())));
        }
    }
    found
}

fn messages(text: &str) -> Vec<String> {
    parse(&file(text)).1.into_iter().map(|error| error.message).collect()
}

#[test]
fn both_forms_of_env_are_read() {
    for (line, expected) in [
        ("ENV A=1", &[("A", "1")][..]),
        (
            "env a=b c=\"d e\" f='g \"h' i=j\\ k",
            &[("a", "b"), ("c", "d e"), ("f", "g \"h"), ("i", "j k")],
        ),
        ("ENV A the rest   of it ", &[("A", "the rest   of it")]),
        ("ENV A \"b\" c", &[("A", "b c")]),
        ("ENV A=", &[("A", "")]),
        ("ENV A==x", &[("A", "=x")]),
        ("ENV A=\"C:\\dir\" B=\"say \\\"x\\\"\"", &[("A", "C:\\dir"), ("B", "say \"x\"")]),
        ("ARG A", &[("A", "-")]),
        ("ARG A=1 B", &[("A", "1"), ("B", "-")]),
    ] {
        let expected: Vec<_> =
            expected.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect();
        assert_eq!(variables(&format!("FROM x\n{line}\n")), expected, "{line}");
    }
}

#[test]
fn lines_go_on_over_comments_and_empty_lines() {
    let text = "FROM x\nENV A=1 \\  \n  # why\n\n  B=2 \\\r\n  C=3\nENV D=4\\\\\nENV E=5";
    let expected = [("A", "1"), ("B", "2"), ("C", "3"), ("D", "4\\"), ("E", "5")];
    let expected = expected.map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(variables(text), expected);
}

#[test]
fn the_escape_character_can_be_another_one() {
    let text = "# syntax=docker/dockerfile:1\n# escape=`\nFROM x\nENV A=c:\\b `\n    B=2\n";
    let expected = [("A", "c:\\b"), ("B", "2")].map(|(a, b)| (a.to_owned(), b.to_owned()));
    assert_eq!(variables(text), expected);
    // A comment ends the directives.
    let late = "# a comment\n# escape=`\nFROM x\nENV A=1 \\\n B=2\n";
    assert_eq!(variables(late).len(), 2);
}

#[test]
fn heredocs_are_no_instructions() {
    let text = "FROM x\nRUN <<EOF\nENV A=1\nEOF\nCOPY <<-\"one\" <<two /x/\nENV B=1\n\tone\nENV C=1\ntwo\nRUN echo \"<<no\" && a <<<b $((c<<d))\nENV D=1\n";
    assert_eq!(variables(text), [("D".to_owned(), "1".to_owned())]);
    assert_eq!(messages("FROM x\nRUN <<EOF\nls\n"), ["a heredoc that begins here does not end"]);
}

#[test]
fn stages_build_upon_each_other() {
    let text = "ARG V=20\nFROM --platform=linux/amd64 node:$V AS base\nENV A=1\nFROM base AS build\nENV B=2\nFROM nginx AS web\nFROM base\nEXPOSE 3000/tcp 8000-8010 $PORT\n";
    let (document, errors) = parse(&file(text));
    assert_eq!(errors, []);
    assert_eq!(document.arguments().len(), 1);
    let names = |target| {
        let stages = document.upon(target);
        stages.iter().map(|stage| stage.name.as_deref().unwrap_or("-")).collect::<Vec<_>>()
    };
    assert_eq!(names(None), ["base", "-"]);
    assert_eq!(names(Some("build")), ["base", "build"]);
    assert_eq!(names(Some("2")), ["web"]);
    assert_eq!(names(Some("none")), [""; 0]);
    let Some(Instruction::Expose(ports)) = document.stages()[3].instructions.first() else {
        panic!("an EXPOSE")
    };
    assert_eq!(ports.iter().map(|port| port.number).collect::<Vec<_>>(), [Some(3000), None, None]);
}

#[test]
fn a_stage_of_its_own_image_ends() {
    let (document, _) = parse(&file("FROM node AS node\nENV A=1\nFROM node AS node\n"));
    assert_eq!(document.upon(None).len(), 2);
}

#[test]
fn references_are_told_apart_from_text() {
    let text = "FROM x\nENV A=$B C=${B} D=${B}x E='$B' F=\\$B G=${B:-1} H=\"$B\"\n";
    let (document, _) = parse(&file(text));
    let Some(Instruction::Env(all)) = document.stages()[0].instructions.first() else {
        panic!("an ENV")
    };
    let refers: Vec<_> = all
        .iter()
        .map(|one| one.value.as_ref().map(|value| value.refers.clone()).unwrap())
        .collect();
    let b = || Refers::To("B".into());
    let nothing = || Refers::Nothing;
    assert_eq!(refers, [b(), b(), Refers::Mixed, nothing(), nothing(), Refers::Mixed, b()]);
}

#[test]
fn what_can_not_be_read_is_told() {
    for (text, message) in [
        ("ENV A=1\n", "only ARG may stand before the first FROM"),
        ("FROM x\nENVS A=1\n", "no instruction of a Dockerfile begins so"),
        ("FROM x\nENV A\n", "ENV needs a value: NAME=value"),
        ("FROM x\nENV A=1 B\n", "written NAME=value"),
        ("FROM x\nENV A=\"1\n", "this quote is not closed"),
        ("FROM x\nARG\n", "a name is missing here"),
        ("FROM\n", "FROM names the image to build upon"),
        ("# escape=x\nFROM x\n", "the escape character is a backslash or a backtick"),
    ] {
        assert_eq!(messages(text), [message], "{text}");
    }
    let large = "#".repeat(MAX_DOCKERFILE_BYTES + 1);
    assert_eq!(messages(&large), ["a Dockerfile is read up to 1 MiB"]);
    let many = format!("FROM x\n{}", "ENV A\n".repeat(MAX_ERRORS + 1));
    assert_eq!(messages(&many).len(), MAX_ERRORS);
    let long = format!("FROM x\n{}", "ENV A=1\n".repeat(MAX_INSTRUCTIONS));
    assert_eq!(messages(&long), ["10000 instructions are read of a Dockerfile"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn anything_is_read(
        text in "(?s)((FROM|ENV|ARG|EXPOSE|RUN|AS|<<E|E|# escape=`)?[ =$\\{\\}'\"\\\\`\r\n\tAé#0]{0,6}){0,12}",
    ) {
        let (document, _) = parse(&file(&text));
        document.upon(None);
        document.upon(Some("0"));
    }
}

/// Which of these files the last stage takes from the context.
fn taken<'a>(text: &str, files: &[&'a str]) -> Vec<&'a str> {
    let (document, errors) = parse(&file(text));
    assert_eq!(errors, [], "{text}");
    let instructions = &document.stages().last().expect("a stage").instructions;
    let takes = |path: &str| {
        instructions.iter().any(|instruction| match instruction {
            Instruction::Copy(copied) => copied.takes(path).is_some(),
            _ => false,
        })
    };
    files.iter().copied().filter(|path| takes(path)).collect()
}

#[test]
fn copies_take_files_of_the_context() {
    let files = [".env", "web/.env", "web/deep/.env"];
    for (copy, expected) in [
        ("COPY . .", &files[..]),
        ("ADD ./ /app/", &files[..]),
        ("COPY / /app", &files[..]),
        ("COPY [\".\",\"/app\"]", &files[..]),
        ("COPY --chown=app:app [\"web\", \"./\"]", &files[1..]),
        ("COPY package.json web/ ./", &files[1..]),
        ("COPY .e* ./", &files[..1]),
        ("COPY */.env ./", &files[1..2]),
        ("COPY ../web/deep \\\n  ./", &files[2..]),
        ("COPY --from=build . .", &[]),
        ("COPY --exclude=.env . .", &[]),
        ("COPY ${FILES} .", &[]),
        ("COPY package.json .", &[]),
        ("ADD https://example.com/web .", &[]),
        ("COPY <<EOF /web\nA=1\nEOF", &[]),
        ("COPY", &[]),
    ] {
        assert_eq!(taken(&format!("FROM a\n{copy}\n"), &files), expected, "{copy}");
    }
}

#[test]
fn a_build_needs_the_stages_that_it_names() {
    let text =
        "FROM a AS base\nFROM base AS build\nFROM base AS test\nFROM b\nCOPY --from=build /x /x\n";
    let (document, _) = parse(&file(text));
    let names = |target: Option<&str>| -> Vec<String> {
        let needed = document.needed(target).into_iter();
        needed.map(|stage| stage.name.as_ref().map_or("-", |name| name).to_owned()).collect()
    };
    assert_eq!(names(None), ["base", "build", "-"]);
    assert_eq!(names(Some("test")), ["base", "test"]);
    assert!(names(Some("nothing")).is_empty());
}
