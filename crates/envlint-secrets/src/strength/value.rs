//! The same judgements over values, which may be put together from several pieces and may not
//! be known in all of them.

use envlint_model::{Unknown, Value};
use zeroize::Zeroizing;

use super::default_credential::default_credential;
use super::{
    Placeholder, TokenForm, Weakness, is_outline, placeholder, secret_part, token_form, url,
    weakness,
};

/// The part of a value that somebody would have to guess: the password, if it is a URL,
/// otherwise all of it.
pub struct SecretPart {
    text: Zeroizing<String>,
    /// The user that stands before a password in a URL.
    user: Option<Zeroizing<String>>,
    piece: Option<usize>,
    in_url: bool,
}

/// Stands for a piece that is not known; no alphabet of a URL or an encoding has it.
const GAP: char = '\u{fffc}';

impl SecretPart {
    /// The secret part of a value. `None` if there is nothing to guess: the value is empty, or
    /// a URL without a password.
    ///
    /// # Errors
    ///
    /// Why that part is not known, if it is not wholly known.
    pub fn of(value: &Value) -> Result<Option<Self>, &Unknown> {
        let mut text = Zeroizing::new(String::with_capacity(length(value)));
        let mut starts = Vec::with_capacity(value.pieces().len());
        for piece in value.pieces() {
            starts.push(text.len());
            match piece.text() {
                Some(known) => text.push_str(known),
                None => text.push(GAP),
            }
        }
        let Some(part) = secret_part(&text).filter(|part| !part.is_empty()) else {
            return Ok(None);
        };
        let start = part.as_ptr().addr() - text.as_ptr().addr();
        if part.contains(GAP)
            && let Some(why) = value.first_unknown()
        {
            return Err(why);
        }
        let first = starts.partition_point(|&at| at <= start).saturating_sub(1);
        let last = starts.partition_point(|&at| at < start + part.len()).saturating_sub(1);
        Ok(Some(Self {
            text: Zeroizing::new(part.to_owned()),
            user: user(&text, start),
            piece: (first == last).then_some(first),
            in_url: url(text.trim()).is_some(),
        }))
    }

    /// Which piece of the value it stands in, from 0; `None` if it spans several.
    pub fn piece(&self) -> Option<usize> {
        self.piece
    }

    /// Whether it is the password of a URL.
    pub fn is_in_url(&self) -> bool {
        self.in_url
    }

    /// Whether nobody ever filled it in; see [`placeholder`].
    pub fn placeholder(&self) -> Option<Placeholder> {
        placeholder(&self.text)
    }

    /// Whether it shows a form for a person to fill in, or tells about one: `sk_live_...`,
    /// `<user>:<password>`, `${DB_PASSWORD}`, `ask-the-team-for-it`. A sentence counts because
    /// nobody can tell it from a pass phrase; what is asked is whether a template, where both may
    /// stand, holds a secret for sure.
    pub fn is_outline(&self) -> bool {
        is_outline(&self.text)
    }

    /// The software that is delivered with this password, and with this user if one stands
    /// beside it in a URL.
    pub fn default_credential(&self) -> Option<&'static str> {
        default_credential(self.user.as_deref().map(String::as_str), &self.text)
    }

    /// What makes it easy to guess; see [`weakness`].
    pub fn weakness(&self) -> Option<Weakness> {
        weakness(&self.text)
    }
}

/// The user name before a password that begins at `start`: `://user:password`.
fn user(text: &str, start: usize) -> Option<Zeroizing<String>> {
    let before = text.get(..start)?.strip_suffix(':')?;
    let (_, user) = before.rsplit_once("://")?;
    Some(Zeroizing::new(user.to_owned()))
}

/// The form of a value that is wholly known; see [`token_form`].
pub fn token_form_of(value: &Value) -> Option<TokenForm> {
    value.known().and_then(|text| token_form(text.as_str()))
}

/// Whether a password stands in a URL anywhere in a value, or may stand there: the value may be
/// a list, may lack pieces, and the password may hold characters that end it too early.
pub fn may_hold_password(value: &Value) -> bool {
    let mut text = Zeroizing::new(String::with_capacity(length(value)));
    value.pieces().iter().for_each(|piece| text.push_str(piece.text().unwrap_or("\u{fffc}")));
    let mut urls = text.split("://").skip(1);
    urls.any(|url| url.split_once(':').is_some_and(|(_, rest)| rest.contains('@')))
}

fn length(value: &Value) -> usize {
    value.pieces().iter().map(|piece| piece.text().map_or(GAP.len_utf8(), str::len)).sum()
}

#[cfg(test)]
mod tests {
    use envlint_model::{Content, Form, Origin, Reader, Secret, Sources};

    use super::*;

    /// A value whose pieces are these texts; `*` is one that is not known.
    fn value(pieces: &[&str]) -> Value {
        let file = Sources::default().add("f".into(), Form::Plain, Zeroizing::new("".into()));
        let origin = Origin::new(file.span(0..0), Reader::Compose);
        let mut value = Value::empty(origin.clone());
        for text in pieces {
            let content = match *text {
                "*" => Content::Unknown(Unknown::Encrypted { file: "v.age".into(), name: None }),
                text => Content::Known(Secret::made(text.to_owned())),
            };
            value.push(content, origin.clone());
        }
        value
    }

    #[test]
    fn a_password_is_judged_where_it_stands() {
        let value = value(&["postgresql://app:", "changeme", "@", "*", "/app"]);
        let part = SecretPart::of(&value).ok().flatten().unwrap();
        assert_eq!((part.piece(), part.is_in_url()), (Some(1), true));
        assert_eq!(part.placeholder(), Some(Placeholder::Instruction));
    }

    #[test]
    fn a_text_of_several_pieces_is_judged_as_one() {
        let value = value(&["pass", "word"]);
        let part = SecretPart::of(&value).ok().flatten().unwrap();
        assert_eq!((part.piece(), part.is_in_url()), (None, false));
        assert_eq!(part.weakness(), Some(Weakness::CommonPassword));
    }

    #[test]
    fn nothing_is_guessed_about_what_is_not_known() {
        for pieces in [&["*"][..], &["CANARY", "*"], &["redis://:", "*", "@cache"]] {
            assert!(SecretPart::of(&value(pieces)).is_err());
        }
        for pieces in [&[][..], &["redis://cache"], &["https://", "*", "/path"]] {
            assert!(matches!(SecretPart::of(&value(pieces)), Ok(None)));
        }
    }

    #[test]
    fn passwords_are_suspected_wherever_a_url_is() {
        for pieces in [
            &["https://u:CANARY@a.example"][..],
            &["https://a.example, https://u:CAN/ARY@b.example"],
            &["https://u:", "*", "@a.example"],
        ] {
            assert!(may_hold_password(&value(pieces)));
        }
        for pieces in [&["https://a.example:8080"][..], &["https://u@a.example"], &["u:CANARY@a"]] {
            assert!(!may_hold_password(&value(pieces)));
        }
    }

    #[test]
    fn tokens_are_told_by_their_form_across_pieces() {
        let value = value(&["AKIA", "CANARY2345672345"]);
        assert_eq!(token_form_of(&value).map(TokenForm::name), Some("an AWS access key id"));
    }
}
