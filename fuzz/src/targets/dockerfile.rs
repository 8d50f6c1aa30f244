//! Dockerfiles: what is read lies in the file, and stages end.

use envlint_parse::dockerfile::{Assigned, Instruction, MAX_ERRORS, MAX_INSTRUCTIONS, parse};

use super::{assert_within, source};

pub(super) fn dockerfile(bytes: &[u8]) {
    let Some(file) = source(bytes) else { return };
    let (document, errors) = parse(&file);
    assert!(errors.len() <= MAX_ERRORS);
    errors.iter().for_each(|error| assert_within(&file, error.span));
    let within = |all: &[Assigned]| {
        for one in all {
            assert_within(&file, one.name_span);
            one.value.iter().for_each(|value| assert_within(&file, value.span));
        }
    };
    within(document.arguments());
    let mut instructions = 0;
    for stage in document.stages() {
        instructions += 1 + stage.instructions.len();
        for instruction in &stage.instructions {
            match instruction {
                Instruction::Arg(all) | Instruction::Env(all) => within(all),
                Instruction::Copy(copied) => {
                    for source in &copied.sources {
                        assert_within(&file, source.span);
                    }
                    let _ = copied.takes("deploy/.env");
                }
                Instruction::Expose(ports) => {
                    ports.iter().for_each(|port| assert_within(&file, port.span));
                }
            }
        }
        let upon = document.upon(stage.name.as_deref());
        assert!(upon.len() <= document.stages().len());
    }
    assert!(instructions <= MAX_INSTRUCTIONS);
}
