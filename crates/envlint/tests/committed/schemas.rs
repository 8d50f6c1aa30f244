use std::collections::BTreeMap;

use crate::compare;

#[test]
fn the_schemas_are_what_the_types_say() {
    let file = |name| (format!("{name}.schema.json"), envlint::schema(name).unwrap());
    let files: BTreeMap<String, String> = envlint::schemas().into_iter().map(file).collect();
    compare("schemas", &files);
}
