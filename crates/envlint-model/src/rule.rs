use crate::{Confidence, Finding, Kept, Outcomes, Severity, Subject};

/// A rule: what a person reads about it, and the function that finds its defects.
///
/// `C` is what a rule may look at; the rule crate chooses it.
pub struct Rule<C: ?Sized + 'static> {
    /// Kebab-case; names the defect, and reads after "allow".
    pub name: &'static str,
    /// The group, which is also the folder that the rule's file stands in.
    pub group: &'static str,
    /// The doc comment, in Markdown; its first line is the summary.
    pub docs: &'static [&'static str],
    /// How bad its findings usually are.
    pub severity: Severity,
    /// How sure it is.
    pub confidence: Confidence,
    /// The version that brought it.
    pub since: &'static str,
    /// Rules whose findings about the same subject silence this one's.
    pub yields_to: &'static [&'static str],
    /// Finds the defects.
    pub check: fn(&C, &mut Outcomes),
    /// Shown in the documentation and run by the tests.
    pub examples: &'static [Example],
}

impl<C: ?Sized> Rule<C> {
    /// What the rule flags, in one line.
    pub fn summary(&self) -> &'static str {
        self.docs.first().map_or("", |line| line.trim())
    }

    /// The whole documentation as Markdown.
    pub fn markdown(&self) -> String {
        let lines = self.docs.iter().map(|line| line.strip_prefix(' ').unwrap_or(line));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// A finding of this rule.
    pub fn finding(&self, subject: Subject, message: impl Into<String>) -> Finding {
        Finding::new(self.name, self.severity, self.confidence, subject, message)
    }
}

/// Files for which a rule finds something, or nothing.
pub struct Example {
    /// What it shows.
    pub title: &'static str,
    /// What the rule says of it.
    pub kind: ExampleKind,
    /// The files.
    pub files: &'static [ExampleFile],
    /// The files that change when the rule's fix is applied, as they are afterwards.
    pub fixed: &'static [ExampleFile],
}

/// What a rule says of an example when it runs alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ExampleKind {
    /// Exactly one finding.
    Fails,
    /// Nothing.
    Passes,
}

/// One file of an example.
pub struct ExampleFile {
    /// Its path.
    pub path: &'static str,
    /// Its text.
    pub text: &'static str,
    /// How it is kept.
    pub kept: Kept,
}

/// Declares a rule as `RULE`: its documentation is the doc comment above it, so that it can not
/// drift from the code, and its examples are tests. A file of an example may say how it is kept:
/// `".env" kept Kept::with_mode(0o644) => "A=1\n"`.
///
/// ```
/// use envlint_model::{Outcomes, declare_rule};
///
/// pub struct Context;
///
/// declare_rule! {
///     /// a variable is set to the empty text where that counts as a value
///     ///
///     /// The rest of the documentation, in Markdown.
///     pub static RULE: Rule<Context> = {
///         name: "empty-value",
///         group: "schema",
///         severity: Error,
///         confidence: High,
///         since: "0.1.0",
///         yields_to: ["missing-required"],
///         check: check,
///         examples: [
///             fails "an empty number" { ".env" => "SSE_MAX_CONNECTIONS=\n" }
///                 => fixed { ".env" => "" }
///             passes "a number" { ".env" => "SSE_MAX_CONNECTIONS=50\n" }
///         ],
///     }
/// }
///
/// fn check(_: &Context, _: &mut Outcomes) {}
///
/// assert_eq!(RULE.summary(), "a variable is set to the empty text where that counts as a value");
/// ```
#[macro_export]
macro_rules! declare_rule {
    (
        $(#[doc = $doc:literal])+
        $vis:vis static RULE: Rule<$context:ty> = {
            name: $name:literal,
            group: $group:literal,
            severity: $severity:ident,
            confidence: $confidence:ident,
            since: $since:literal,
            $(yields_to: [$($yields_to:literal),+ $(,)?],)?
            check: $check:expr,
            examples: [
                $($kind:ident $title:literal {
                    $($path:literal $(kept $kept:expr)? => $text:expr),+ $(,)?
                } $(=> fixed { $($fixed_path:literal => $fixed_text:expr),+ $(,)? })?)+
            ],
        }
    ) => {
        $(#[doc = $doc])+
        $vis static RULE: $crate::Rule<$context> = $crate::Rule {
            name: $name,
            group: $group,
            docs: &[$($doc),+],
            severity: $crate::Severity::$severity,
            confidence: $crate::Confidence::$confidence,
            since: $since,
            yields_to: &[$($($yields_to),+)?],
            check: $check,
            examples: &[$(
                $crate::Example {
                    title: $title,
                    kind: $crate::declare_rule!(@kind $kind),
                    files: &[$($crate::declare_rule!(@file $path, $text $(, $kept)?)),+],
                    fixed: &[$($($crate::declare_rule!(@file $fixed_path, $fixed_text)),+)?],
                }
            ),+],
        };
    };
    (@file $path:expr, $text:expr) => {
        $crate::declare_rule!(@file $path, $text, $crate::Kept::UNKNOWN)
    };
    (@file $path:expr, $text:expr, $kept:expr) => {
        $crate::ExampleFile { path: $path, text: $text, kept: $kept }
    };
    (@kind fails) => { $crate::ExampleKind::Fails };
    (@kind passes) => { $crate::ExampleKind::Passes };
}
