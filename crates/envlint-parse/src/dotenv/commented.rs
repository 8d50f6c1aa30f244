//! Assignments that stand in comments.
//!
//! A template such as `.env.example` lists what may be set and leaves most of it out:
//! `# LOG_LEVEL=debug`. To a reader that is a comment; to the person who copies the file it is
//! the documentation of a variable.

use envlint_model::{Name, Origin, Secret, Span, Value};

use super::Document;

/// An assignment that stands in a comment of its own line.
#[derive(Clone)]
pub struct Commented {
    /// The variable.
    pub name: Name,
    /// Where its name stands.
    pub name_span: Span,
    /// What stands behind the `=`, without quotes, up to white space: prose may follow.
    pub value: Value,
}

impl Document {
    /// The assignments that stand in comments, in order: `#`, perhaps `export`, a name, `=`. A
    /// comment behind a statement holds none.
    pub fn commented(&self) -> impl Iterator<Item = Commented> {
        self.comments.iter().filter_map(|comment| self.in_comment(*comment))
    }

    fn in_comment(&self, comment: Span) -> Option<Commented> {
        let line = self.file.line_around(comment.start);
        let before = self.file.slice(Span { end: comment.start, ..line });
        if !before.trim_start_matches('\u{feff}').trim().is_empty() {
            return None;
        }
        let text = self.file.slice(comment);
        let inside = text.trim_start_matches('#').trim_start();
        let inside = match inside.strip_prefix("export") {
            Some(rest) if rest.starts_with([' ', '\t']) => rest.trim_start(),
            _ => inside,
        };
        let (written, value) = inside.split_once('=')?;
        let name = written.trim_end();
        let is_name = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !is_name {
            return None;
        }
        let start = comment.start as usize + (text.len() - inside.len());
        let name_span = self.file.span(start..start + name.len());
        let trimmed = value.trim_start();
        let start = start + written.len() + 1 + (value.len() - trimmed.len());
        let (skipped, length) = extent(trimmed);
        let span = self.file.span(start + skipped..start + skipped + length);
        let value = Value::literal(Secret::slice(&self.file, span), Origin::new(span, self.reader));
        Some(Commented { name: Name::new(name), name_span, value })
    }
}

/// Where in a text its value begins, and how many bytes it has.
fn extent(text: &str) -> (usize, usize) {
    let quote = text.chars().next().filter(|first| matches!(first, '"' | '\'' | '`'));
    let quoted = quote.and_then(|quote| text.get(1..)?.find(quote));
    match quoted {
        Some(length) => (1, length),
        None => (0, text.find(char::is_whitespace).unwrap_or(text.len())),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use envlint_model::{Form, Reader, SourceFile, Sources};
    use proptest::prelude::*;

    use super::super::parse;
    use super::*;

    fn file(text: &str) -> Arc<SourceFile> {
        Sources::default().add(
            ".env.example".into(),
            Form::Plain,
            text.to_owned().into_boxed_str().into(),
        )
    }

    fn found(text: &str) -> Vec<(String, String)> {
        let file = file(text);
        let of = |each: Commented| {
            assert_eq!(file.slice(each.name_span), each.name.as_str());
            let value = each.value.known().map(|text| text.as_str().to_owned());
            (each.name.to_string(), value.unwrap_or_default())
        };
        parse(&file, Reader::Dotenv).0.commented().map(of).collect()
    }

    #[test]
    fn assignments_in_comments_are_found() {
        for (text, name, value) in [
            ("# LOG_LEVEL=debug\n", "LOG_LEVEL", "debug"),
            ("#LOG_LEVEL=debug", "LOG_LEVEL", "debug"),
            ("## export LOG_LEVEL = 'a b' # loud\n", "LOG_LEVEL", "a b"),
            ("  # PORT=3000 unless another one is free\r\n", "PORT", "3000"),
            ("\u{feff}# PORT=\r\n", "PORT", ""),
            ("# exports=1", "exports", "1"),
        ] {
            assert_eq!(found(text), [(name.to_owned(), value.to_owned())], "{text}");
        }
    }

    #[test]
    fn prose_and_comments_behind_statements_hold_none() {
        for text in [
            "# set PORT=3000",
            "PORT=1 # OLD=2",
            "# ---- web ----",
            "# a-b=c",
            "# =x",
            "#",
            "# é=1",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]
        #[test]
        fn any_comment_is_read(text in "(?s)[# A=é'\"\\\\\r\n\t]{0,40}") {
            found(&text);
        }
    }
}
