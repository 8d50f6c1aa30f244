use std::fmt;

/// A place where directives stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Context {
    /// The top of `nginx.conf`.
    Main,
    /// `events { }`
    Events,
    /// `http { }`; also what `conf.d/*.conf` and `sites-enabled/*` are included in.
    Http,
    /// `server { }` in `http`.
    Server,
    /// `location { }`
    Location,
    /// `upstream { }` in `http`.
    Upstream,
    /// `if { }` in `server`.
    IfInServer,
    /// `if { }` in `location`.
    IfInLocation,
    /// `limit_except { }`
    LimitExcept,
    /// A block whose lines are data and not directives (`map`, `types`), or one that is not
    /// looked into (`stream`, `mail`, blocks of modules that the table does not know).
    Opaque,
}

impl Context {
    const ALL: [Context; 10] = [
        Context::Main,
        Context::Events,
        Context::Http,
        Context::Server,
        Context::Location,
        Context::Upstream,
        Context::IfInServer,
        Context::IfInLocation,
        Context::LimitExcept,
        Context::Opaque,
    ];

    /// What the block of `directive` is, when the directive stands here.
    pub fn inside(self, directive: &str) -> Context {
        match (self, directive) {
            (Context::Main, "events") => Context::Events,
            (Context::Main, "http") => Context::Http,
            (Context::Http, "server") => Context::Server,
            (Context::Http, "upstream") => Context::Upstream,
            (Context::Server | Context::Location, "location") => Context::Location,
            (Context::Server, "if") => Context::IfInServer,
            (Context::Location, "if") => Context::IfInLocation,
            (Context::Location, "limit_except") => Context::LimitExcept,
            _ => Context::Opaque,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Context::Main => "the top of nginx.conf",
            Context::Events => "`events`",
            Context::Http => "`http`",
            Context::Server => "`server`",
            Context::Location => "`location`",
            Context::Upstream => "`upstream`",
            Context::IfInServer => "`if` in `server`",
            Context::IfInLocation => "`if` in `location`",
            Context::LimitExcept => "`limit_except`",
            Context::Opaque => "another block",
        }
    }
}

/// A set of contexts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Contexts(u16);

impl Contexts {
    /// No context.
    pub const NONE: Contexts = Contexts(0);

    /// Every context that a file can be included in.
    pub const ANY: Contexts = Contexts((1 << Context::Opaque as u16) - 1);

    /// The set of one.
    pub const fn only(context: Context) -> Contexts {
        Contexts(1 << context as u16)
    }

    /// The contexts in either set.
    pub const fn or(self, other: Contexts) -> Contexts {
        Contexts(self.0 | other.0)
    }

    /// The contexts in both sets.
    pub const fn and(self, other: Contexts) -> Contexts {
        Contexts(self.0 & other.0)
    }

    /// Whether the set is empty.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether the context is in the set.
    pub const fn has(self, context: Context) -> bool {
        !self.and(Contexts::only(context)).is_empty()
    }

    /// What the block of `directive` can be, when the directive stands in one of these.
    pub fn inside(self, directive: &str) -> Contexts {
        self.iter()
            .map(|context| Contexts::only(context.inside(directive)))
            .fold(Contexts::NONE, Contexts::or)
    }

    fn iter(self) -> impl Iterator<Item = Context> {
        Context::ALL.into_iter().filter(move |&context| self.has(context))
    }
}

impl fmt::Display for Contexts {
    /// "`http`, `server` or `location`"
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.iter().map(Context::words).collect();
        match words.as_slice() {
            [] => f.write_str("no context"),
            [one] => f.write_str(one),
            [first @ .., last] => write!(f, "{} or {last}", first.join(", ")),
        }
    }
}
