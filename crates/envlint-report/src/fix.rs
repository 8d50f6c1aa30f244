//! Applying fixes to texts in memory.
//!
//! A fix is made as a whole or not at all, in one file or in several. It may move a secret, and
//! so what comes out is wiped from memory like what went in. Nothing is written anywhere: that
//! is for the caller, who shows a difference or replaces a file.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use envlint_model::{Edit, FileId, Fix, FixSafety, Form, Insert, SourceFile, Sources, Span};
use zeroize::Zeroizing;

/// What became of fixes.
#[derive(Default)]
pub struct Fixed {
    /// The files that changed, by their order of reading.
    pub files: Vec<FixedFile>,
    /// Which of the given fixes were made, by index.
    pub applied: Vec<usize>,
    /// Which were not, by index, and why.
    pub skipped: Vec<(usize, Skipped)>,
}

/// A file as it is with the fixes made.
pub struct FixedFile {
    /// The file as it was.
    pub file: Arc<SourceFile>,
    /// Its text with the fixes made.
    pub text: Zeroizing<String>,
}

/// Why a fix was not made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Skipped {
    /// It touches what an earlier one changes. Check again after these are made: if the defect
    /// is still there, so is its fix.
    Overlaps,
    /// It is meant to be shown only.
    DisplayOnly,
    /// It changes an encrypted file, of which there is the text but not the form on the disk.
    Encrypted,
    /// It changes nothing, or what is no text of a file of this run.
    Invalid,
}

/// Makes fixes, each as a whole, in the order given; one that overlaps an earlier one is left
/// out. The same fix offered twice is made once and counts as applied twice.
///
/// Which levels of safety to apply is for the caller to choose; [`FixSafety::DisplayOnly`] never
/// is.
pub fn apply<'a>(sources: &Sources, fixes: impl IntoIterator<Item = &'a Fix>) -> Fixed {
    let mut fixed = Fixed::default();
    let mut edits = Edits::default();
    for (at, fix) in fixes.into_iter().enumerate() {
        match check(sources, fix).and_then(|new| edits.take(new)) {
            Ok(()) => fixed.applied.push(at),
            Err(why) => fixed.skipped.push((at, why)),
        }
    }
    let files: BTreeSet<FileId> = edits.0.keys().map(|(file, _)| *file).collect();
    for file in files.into_iter().filter_map(|id| sources.get(id)) {
        let text = rewrite(sources, &file, &edits);
        fixed.files.push(FixedFile { file, text });
    }
    fixed
}

/// The edits of a fix, if each of them can be made and none gets in the way of another.
fn check<'a>(sources: &Sources, fix: &'a Fix) -> Result<Edits<'a>, Skipped> {
    if fix.safety == FixSafety::DisplayOnly {
        return Err(Skipped::DisplayOnly);
    }
    let mut edits = Edits::default();
    for edit in &fix.edits {
        if source_of(sources, edit.span)?.form() != Form::Plain {
            return Err(Skipped::Encrypted);
        }
        for insert in &edit.insert {
            if let Insert::Copy(span) = insert {
                source_of(sources, *span)?;
            }
        }
        if edits.overlap(edit) {
            return Err(Skipped::Invalid);
        }
        edits.0.insert(Edits::key(edit), edit);
    }
    if edits.0.is_empty() { Err(Skipped::Invalid) } else { Ok(edits) }
}

/// The file of a span that is text of it: within it, on character boundaries, in order.
fn source_of(sources: &Sources, span: Span) -> Result<Arc<SourceFile>, Skipped> {
    let file = sources.get(span.file).ok_or(Skipped::Invalid)?;
    let text = file.text().get(span.start as usize..span.end as usize);
    text.is_some().then_some(file).ok_or(Skipped::Invalid)
}

/// Edits that can all be made, by where they start; no two start at one place or share a byte.
#[derive(Default)]
struct Edits<'a>(BTreeMap<(FileId, u32), &'a Edit>);

impl<'a> Edits<'a> {
    fn key(edit: &Edit) -> (FileId, u32) {
        (edit.span.file, edit.span.start)
    }

    /// Takes all of `new`, or none; what is already there need not be taken again.
    fn take(&mut self, new: Edits<'a>) -> Result<(), Skipped> {
        if new.0.iter().all(|(key, edit)| self.0.get(key) == Some(edit)) {
            return Ok(());
        }
        if new.0.values().any(|edit| self.overlap(edit)) {
            return Err(Skipped::Overlaps);
        }
        self.0.extend(new.0);
        Ok(())
    }

    /// Whether the result would depend on which of `edit` and the others is made first. Those
    /// that are here do not overlap, so the neighbours decide.
    fn overlap(&self, edit: &Edit) -> bool {
        let (key, span) = (Self::key(edit), edit.span);
        let before = self.0.range(..=key).next_back().map(|(_, other)| other.span);
        let after = self.0.range(key..).next().map(|(_, other)| other.span);
        before.is_some_and(|other| {
            other.file == span.file && (other.start == span.start || other.end > span.start)
        }) || after.is_some_and(|other| other.file == span.file && other.start < span.end)
    }

    fn of(&self, file: FileId) -> impl Iterator<Item = &'a Edit> {
        self.0.range((file, 0)..=(file, u32::MAX)).map(|(_, edit)| *edit)
    }
}

/// The text of a file with its edits made. The memory is reserved beforehand: a string that
/// grows leaves copies behind that nobody wipes.
fn rewrite(sources: &Sources, file: &SourceFile, edits: &Edits<'_>) -> Zeroizing<String> {
    let inserted: usize = edits.of(file.id()).flat_map(|edit| &edit.insert).map(length).sum();
    let mut text = Zeroizing::new(String::with_capacity(file.text().len() + inserted));
    let mut at = 0;
    for edit in edits.of(file.id()) {
        text.push_str(file.text().get(at..edit.span.start as usize).unwrap_or(""));
        for insert in &edit.insert {
            match insert {
                Insert::Text(public) => text.push_str(public),
                Insert::Copy(span) => {
                    if let Some(source) = sources.get(span.file) {
                        text.push_str(source.slice(*span));
                    }
                }
            }
        }
        at = edit.span.end as usize;
    }
    text.push_str(file.text().get(at..).unwrap_or(""));
    text
}

/// Bytes that an insert adds.
fn length(insert: &Insert) -> usize {
    match insert {
        Insert::Text(public) => public.len(),
        Insert::Copy(span) => span.end.saturating_sub(span.start) as usize,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENV: &str = "A=CANARY # one\nB=2\n";

    fn sources() -> (Sources, Arc<SourceFile>) {
        let sources = Sources::default();
        let text = |text: &str| Zeroizing::new(Box::from(text));
        let file = sources.add(".env".into(), Form::Plain, text(ENV));
        sources.add("vault.age".into(), Form::Decrypted, text("C=CANARY"));
        (sources, file)
    }

    fn edit(span: Span, insert: Vec<Insert>) -> Edit {
        Edit { span, insert }
    }

    fn fix(edits: Vec<Edit>) -> Fix {
        Fix { title: "mend it".to_owned(), safety: FixSafety::Safe, edits }
    }

    fn text(text: &str) -> Insert {
        Insert::Text(text.to_owned())
    }

    #[test]
    fn a_secret_is_moved_without_being_held() {
        let (sources, file) = sources();
        let quote =
            edit(file.span(2..14), vec![text("'"), Insert::Copy(file.span(2..14)), text("'")]);
        let fixes = [fix(vec![quote]), fix(vec![edit(file.span(15..19), vec![])])];
        let fixed = apply(&sources, &fixes);
        assert_eq!(fixed.files.len(), 1);
        assert_eq!(*fixed.files[0].text, "A='CANARY # one'\n");
        assert_eq!(fixed.applied, [0, 1]);
    }

    #[test]
    fn a_file_with_encrypted_values_is_not_edited() {
        let (sources, _) = sources();
        let sealed = Zeroizing::new(Box::from("a: ENC[CANARY]\n"));
        let file = sources.add("prod.enc.yaml".into(), Form::Sealed, sealed);
        let fixed = apply(&sources, &[fix(vec![edit(file.span(0..1), vec![text("b")])])]);
        assert!(fixed.files.is_empty() && fixed.applied.is_empty());
    }

    #[test]
    fn overlapping_fixes_wait_for_the_next_check() {
        let (sources, file) = sources();
        let fixes = [
            fix(vec![edit(file.span(17..18), vec![text("3")])]),
            fix(vec![edit(file.span(0..1), vec![text("Z")]), edit(file.span(15..19), vec![])]),
            fix(vec![edit(file.span(17..18), vec![text("3")])]),
            fix(vec![edit(file.span(17..17), vec![text("0")])]),
            fix(vec![edit(file.span(18..18), vec![text("0")])]),
        ];
        let fixed = apply(&sources, &fixes);
        assert_eq!(*fixed.files[0].text, "A=CANARY # one\nB=30\n");
        assert_eq!(fixed.applied, [0, 2, 4]);
        assert_eq!(fixed.skipped, [(1, Skipped::Overlaps), (3, Skipped::Overlaps)]);
    }

    #[test]
    fn what_can_not_be_made_is_left_out_with_its_reason() {
        let (sources, file) = sources();
        let vault = sources.all()[1].span(0..1);
        let outside = Span { start: 10, end: 99, ..file.span(0..0) };
        let mut shown = fix(vec![edit(file.span(0..1), vec![])]);
        shown.safety = FixSafety::DisplayOnly;
        let fixes = [
            shown,
            fix(vec![edit(vault, vec![])]),
            fix(vec![edit(outside, vec![])]),
            fix(vec![edit(file.span(0..0), vec![Insert::Copy(outside)])]),
            fix(vec![]),
            fix(vec![edit(file.span(0..2), vec![]), edit(file.span(1..3), vec![])]),
        ];
        let fixed = apply(&sources, &fixes);
        let reasons: Vec<Skipped> = fixed.skipped.into_iter().map(|(_, why)| why).collect();
        use Skipped::{DisplayOnly, Encrypted, Invalid};
        assert_eq!(reasons, [DisplayOnly, Encrypted, Invalid, Invalid, Invalid, Invalid]);
        assert!(fixed.files.is_empty() && fixed.applied.is_empty());
    }

    #[test]
    fn copies_between_files() {
        let (sources, file) = sources();
        let secret = sources.all()[1].span(2..8);
        let copied = fix(vec![edit(file.span(17..18), vec![Insert::Copy(secret)])]);
        assert_eq!(*apply(&sources, [&copied]).files[0].text, "A=CANARY # one\nB=CANARY\n");
    }
}
