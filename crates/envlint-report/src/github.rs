//! Workflow commands of GitHub Actions: annotations beside the lines of a change.
//!
//! GitHub renders ten annotations of each level per step, 50 per job, and keeps the rest in the
//! log without a word. So the most severe come first, and one notice, before all others of its
//! level, says what was looked at and how much is not rendered.

use std::fmt::Write;

use envlint_model::{FilePath, Severity};

use crate::machine::{OnDisk, by_severity, told};
use crate::shown::harmless;
use crate::text::{Layout, write_summary};
use crate::{Located, Report, Tally};

/// Annotations of one level that GitHub renders per step (limits in actions/toolkit,
/// `docs/problem-matchers.md`).
pub const RENDERED_PER_LEVEL: usize = 10;

/// The report as workflow commands, one per line. `base` is the checked directory as seen from
/// the workspace.
pub fn github(report: &Report, base: &FilePath) -> String {
    let findings = by_severity(&report.findings);
    let noticed = findings.partition_point(|finding| finding.severity > Severity::Info);
    let (severe, notices) = findings.split_at(noticed);
    let told = |finding: &&Located| annotation(finding, report, base);
    let mut commands: Vec<String> = severe.iter().map(told).collect();
    commands.push(command("notice", &[("title", "envlint".to_owned())], &closing(report)));
    commands.extend(notices.iter().map(told));
    commands.concat()
}

fn annotation(finding: &Located, report: &Report, base: &FilePath) -> String {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let mut properties = Vec::new();
    if let Some(place) = finding.places.first() {
        let OnDisk { path, region: [line, column, end_line, end_column], .. } =
            OnDisk::new(place, base);
        properties.push(("file", path.to_string()));
        properties.push(("line", line.to_string()));
        properties.push(("endLine", end_line.to_string()));
        // Columns of a place over several lines are refused by the API behind.
        if line == end_line {
            properties.push(("col", column.to_string()));
            properties.push(("endColumn", end_column.to_string()));
        }
    } else if let Some(anchor) = &report.anchor {
        properties.push(("file", base.join(anchor.as_str()).to_string()));
    }
    properties.push(("title", format!("envlint: {}", finding.rule)));
    let mut lines = told(finding, base);
    lines.extend(finding.places.iter().skip(1).map(|place| {
        let OnDisk { path, region: [line, column, ..], text } = OnDisk::new(place, base);
        let colon = if text.is_empty() { "" } else { ": " };
        format!("Also {path}:{line}:{column}{colon}{text}")
    }));
    command(level, &properties, &lines)
}

/// What was looked at and what is not rendered.
fn closing(report: &Report) -> Vec<String> {
    let mut summary = String::new();
    let layout = Layout { width: usize::MAX, ..Layout::default() };
    // Writing to a text can not go wrong.
    let _ = write_summary(report, layout, &mut summary);
    let mut lines: Vec<String> = summary.lines().map(str::to_owned).collect();
    let Tally { errors, warnings, infos } = report.tally();
    let notices = if infos == 0 { 0 } else { infos + 1 };
    let hidden: usize = [errors, warnings, notices]
        .into_iter()
        .map(|count| count.saturating_sub(RENDERED_PER_LEVEL))
        .sum();
    if hidden > 0 {
        lines.push(format!(
            "GitHub shows {RENDERED_PER_LEVEL} annotations of a level; {hidden} more are in the \
             log of this step."
        ));
    }
    lines
}

/// `::name property=value,...::message`, with the escapes of the runner: `%`, CR and LF
/// everywhere, `:` and `,` in properties. Other control characters are made visible.
fn command(name: &str, properties: &[(&str, String)], message: &[String]) -> String {
    let mut command = format!("::{name}");
    for (at, (key, value)) in properties.iter().enumerate() {
        let value = escaped(&harmless(value)).replace(':', "%3A").replace(',', "%2C");
        let separator = if at == 0 { ' ' } else { ',' };
        let _ = write!(command, "{separator}{key}={value}");
    }
    let lines: Vec<String> = message
        .iter()
        .flat_map(|paragraph| paragraph.split('\n'))
        .map(|line| escaped(&harmless(line)))
        .collect();
    format!("{command}::{}\n", lines.join("%0A"))
}

fn escaped(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}
