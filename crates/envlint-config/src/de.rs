//! From texts to the struct, with every error there is.
//!
//! serde stops at the first error. But what it derives looks at all fields that it is offered
//! before it misses one, so the field that was refused is noted and left out, and the struct is
//! read again, until nothing more is refused. Each time something is left out, so it ends.
//!
//! What an error of somebody else's code says is dropped unread: it may quote the value.

use envlint_model::KnownText;
use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor,
};
use serde::forward_to_deserialize_any;

use crate::plan::{Group, Node, Plan};

mod leaf;
mod refusal;

use leaf::Leaf;
pub(crate) use refusal::Why;
use refusal::{At, Refusal};

/// Something that a type refuses.
pub(crate) struct Refused {
    /// The variables that it is about: one, or all of a struct.
    pub(crate) variables: Vec<usize>,
    pub(crate) why: Why,
}

/// Reads a struct from the text of each variable of its plan; `None` for those that are not set.
///
/// Those of `wrong` are known to be wrong and not read; nothing can come of it then but further
/// errors, `Err` without any if there are none.
pub(crate) fn deserialize<T: DeserializeOwned>(
    plan: &Plan,
    texts: &[Option<KnownText<'_>>],
    wrong: &[usize],
) -> Result<T, Vec<Refused>> {
    let mut state = State {
        plan,
        texts,
        left_out: vec![false; texts.len()],
        groups_left_out: vec![false; plan.groups],
        forced: vec![false; plan.groups],
    };
    wrong.iter().for_each(|&variable| state.left_out[variable] = true);
    let mut refused = Vec::new();
    loop {
        let struct_of = Struct { group: &plan.root, state: &state };
        match T::deserialize(struct_of) {
            Ok(config) if refused.is_empty() && wrong.is_empty() => return Ok(config),
            Ok(_) => return Err(refused),
            Err(refusal) => match state.learn(refusal, &mut refused) {
                Next::Again => {}
                Next::Stop => return Err(refused),
            },
        }
    }
}

enum Next {
    Again,
    Stop,
}

/// What is offered, and what no longer is.
struct State<'a> {
    plan: &'a Plan,
    texts: &'a [Option<KnownText<'a>>],
    left_out: Vec<bool>,
    groups_left_out: Vec<bool>,
    /// Structs that are offered although nothing of them is set.
    forced: Vec<bool>,
}

impl State<'_> {
    fn learn(&mut self, refusal: Refusal, refused: &mut Vec<Refused>) -> Next {
        let group = match refusal.at {
            At::Variable(variable) if !self.left_out[variable] => {
                self.left_out[variable] = true;
                refused.push(Refused { variables: vec![variable], why: refusal.why });
                return Next::Again;
            }
            At::Variable(_) => return Next::Stop,
            At::Group(id) => id,
            At::Somewhere => self.plan.root.id,
        };
        let Some(group) = self.plan.root.find(group) else { return Next::Stop };
        if let Why::Missing(field) = &refusal.why {
            match group.field(field) {
                // A struct of which nothing is set, and which may be made of nothing.
                Some(Node::Group(inner)) if !self.forced[inner.id] => {
                    self.forced[inner.id] = true;
                    return Next::Again;
                }
                Some(Node::Variable(variable)) if !self.is_spoilt(group) => {
                    let variables = vec![*variable];
                    refused.push(Refused { variables, why: refusal.why });
                    self.left_out[*variable] = true;
                    return self.leave_out(group);
                }
                _ => {}
            }
        }
        // What follows from an error that is known already is none.
        if !self.is_spoilt(group) {
            refused.push(Refused { variables: group.variables(), why: refusal.why });
        }
        self.leave_out(group)
    }

    fn leave_out(&mut self, group: &Group) -> Next {
        match group.id == self.plan.root.id || self.groups_left_out[group.id] {
            true => Next::Stop,
            false => {
                self.groups_left_out[group.id] = true;
                Next::Again
            }
        }
    }

    /// Whether something of the struct was refused before.
    fn is_spoilt(&self, group: &Group) -> bool {
        group.fields.iter().any(|(_, node)| match node {
            Node::Variable(variable) => self.left_out[*variable],
            Node::Group(group) => self.groups_left_out[group.id] || self.is_spoilt(group),
        })
    }

    fn is_offered(&self, node: &Node) -> bool {
        match node {
            Node::Variable(at) => !self.left_out[*at] && self.texts[*at].is_some(),
            Node::Group(group) => {
                let holds_some = || group.fields.iter().any(|(_, node)| self.is_offered(node));
                !self.groups_left_out[group.id] && (self.forced[group.id] || holds_some())
            }
        }
    }
}

/// A struct as a deserializer: a map from the names of its fields to what is set of them.
struct Struct<'a> {
    group: &'a Group,
    state: &'a State<'a>,
}

impl<'de> Deserializer<'de> for Struct<'de> {
    type Error = Refusal;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        let at = At::Group(self.group.id);
        let fields = Fields { of: self, next: 0, value: None };
        visitor.visit_map(fields).map_err(|refusal| refusal.or_at(at))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Refusal> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Refusal> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The fields of a struct that are set, in the order of the schema.
struct Fields<'a> {
    of: Struct<'a>,
    next: usize,
    value: Option<&'a Node>,
}

impl<'de> MapAccess<'de> for Fields<'de> {
    type Error = Refusal;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Refusal> {
        let Struct { group, state } = self.of;
        while let Some((name, node)) = group.fields.get(self.next) {
            self.next += 1;
            if state.is_offered(node) {
                self.value = Some(node);
                let name: StrDeserializer<'_, Refusal> = name.as_str().into_deserializer();
                return seed.deserialize(name).map(Some);
            }
        }
        Ok(None)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Refusal> {
        let state = self.of.state;
        match self.value.take() {
            Some(Node::Group(group)) => {
                let at = At::Group(group.id);
                seed.deserialize(Struct { group, state }).map_err(|r| r.or_at(at))
            }
            Some(Node::Variable(variable)) => {
                let text = state.texts[*variable].as_ref().map_or("", KnownText::as_str);
                let kind = &state.plan.schema.variables()[*variable].kind;
                let at = At::Variable(*variable);
                seed.deserialize(Leaf::new(text, kind)).map_err(|refusal| refusal.or_at(at))
            }
            None => Err(Refusal::here()),
        }
    }
}
