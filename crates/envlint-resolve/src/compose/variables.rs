//! The variables of a service: `environment` and `build.args`.

use std::ops::Range;

use envlint_model::{Name, Origin, Reader, Secret, Unknown, Value, Via};
use envlint_parse::template::LocatedText;
use envlint_parse::tree::{Field, Kind, Resolved};

use super::read::{Laid, Reading, Under, items, value_span};
use super::scalar::{Scalar, scalar};
use super::{Definition, Entries, Entry};

impl Reading<'_> {
    /// The arguments of a build. What else a build says is not about variables.
    pub(super) fn build(&mut self, under: &Under<'_>, definition: &mut Definition) {
        let Some(args) = under.field.value.get("args") else { return };
        let laid = Laid::of(args.value);
        if laid != Laid::Over {
            definition.args.clear();
        }
        if laid != Laid::Gone {
            let via = [&*args.via, &*under.via].concat();
            let under = Under { service: under.service, field: &args, via };
            self.variables(&under, &mut definition.args);
        }
    }

    /// A mapping, or a list of `NAME=value`.
    pub(super) fn variables(&mut self, under: &Under<'_>, into: &mut Entries) {
        let node = under.field.value;
        let (mut removed, mut set) = (Vec::new(), Vec::new());
        match node.kind() {
            Kind::Mapping(_) => {
                for entry in node.fields() {
                    let Some(name) = self.name(&entry) else { continue };
                    match Laid::of(entry.value) {
                        Laid::Gone => removed.push(name),
                        _ => {
                            let entry = self.mapped(&name, &entry, &under.via);
                            set.push((name, entry));
                        }
                    }
                }
            }
            Kind::Sequence(_) => {
                for item in items(node) {
                    set.extend(self.listed(&item, &under.via));
                }
            }
            _ if node.is_absent() => return,
            _ => return self.shape(node, "variables are a mapping, or a list of NAME=value"),
        }
        into.lay(matches!(node.kind(), Kind::Sequence(_)), &removed, set);
    }

    fn mapped(&mut self, name: &Name, entry: &Field<'_>, outer: &[Via]) -> Entry {
        let name_span = entry.key.text_span().unwrap_or(entry.key.span());
        let node = entry.value;
        let (Some(style), Some(text)) = (node.style(), node.text()) else {
            self.shape(node, "a variable's value is text, a number, true, false or null");
            return Entry::null(name_span);
        };
        let span = value_span(node);
        let mut origin = Origin::new(span, Reader::ComposeFile);
        origin.via = [&entry.via, outer].concat();
        let text = match scalar(text.expose(), style, node.tag()) {
            Scalar::AsWritten => text,
            Scalar::Printed(printed) => Secret::made(printed),
            Scalar::Null => return Entry::null(name_span),
            Scalar::Refused(why) => {
                self.shape(node, why);
                return Entry::null(name_span);
            }
            Scalar::Binary => {
                self.unread(node.span(), "`!!binary` is not decoded");
                let (file, name) = (self.source.path().clone(), Some(name.clone()));
                let value = Value::unknown(Unknown::Unreadable { file, name }, origin);
                return Entry { value: Some(value), ..Entry::null(name_span) };
            }
        };
        let text = LocatedText::decoded(self.source, span, text);
        Entry::new(name_span, self.launch.interpolate(text, &origin))
    }

    fn listed(&mut self, item: &Resolved<'_>, outer: &[Via]) -> Option<(Name, Entry)> {
        let node = item.node;
        let Some(text) = node.text() else {
            self.shape(node, "an item of this list is NAME=value");
            return None;
        };
        let written = text.expose();
        let (name, value) = match written.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (written, None),
        };
        if name.contains('$') {
            self.unread(node.span(), "a name that is interpolated is not followed");
            return None;
        }
        let within = |range: Range<usize>| match node.text_span() {
            Some(span) => {
                let start = span.start as usize;
                self.source.span(start + range.start..start + range.end)
            }
            None => node.span(),
        };
        let name_span = within(0..name.len());
        let entry = match value {
            None => Entry::null(name_span),
            Some(value) => {
                let span = within(name.len() + 1..written.len());
                let mut origin = Origin::new(span, Reader::ComposeFile);
                origin.via = [&item.via, outer].concat();
                let text = Secret::made(value.to_owned());
                let text = LocatedText::decoded(self.source, span, text);
                Entry::new(name_span, self.launch.interpolate(text, &origin))
            }
        };
        Some((Name::new(name), entry))
    }
}
