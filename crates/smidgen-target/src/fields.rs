//! Says what the fields of target files mean, from the documentation of the types that read them.

use schemars::schema_for;
use serde::Serialize;
use serde_json::Value;

use crate::error::did_you_mean;
use crate::pipeline::table::Table;
use crate::spec::{BoardSpec, ChipSpec, CoreSpec};

/// A field of a target file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Which files have it: `boards`, `chips`, `cores` or `pipelines`.
    pub file: &'static str,
    /// Its name with those of the tables that it is in, such as `memories.timing.wait_states`.
    pub path: String,
    /// What its value is, in words.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it must be there (if the table that it is in is).
    pub required: bool,
    /// What it means.
    pub description: String,
    /// The values that it may have, where they can be listed.
    pub choices: Vec<Choice>,
}

/// A value that a field may have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// The value.
    pub value: String,
    /// What it means.
    pub description: String,
}

/// There is no field of a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("target files have no field `{name}`{}", did_you_mean(.nearest.as_deref()))]
pub struct UnknownField {
    /// The name that was asked for.
    pub name: String,
    /// The field with the most similar name.
    pub nearest: Option<String>,
}

/// All fields of board, chip, core and pipeline files, in the order of the types that read them.
pub fn fields() -> Vec<Field> {
    let mut fields = Vec::new();
    for (file, schema) in [
        ("boards", schema_for!(BoardSpec)),
        ("chips", schema_for!(ChipSpec)),
        ("cores", schema_for!(CoreSpec)),
        ("pipelines", schema_for!(Table)),
    ] {
        Walk { file, root: schema.as_value(), fields: &mut fields }.table(schema.as_value(), "");
    }
    fields
}

/// The fields whose path is `name` or ends with it, such as `wait_states`.
pub fn explain(name: &str) -> Result<Vec<Field>, UnknownField> {
    let all = fields();
    let is_meant = |field: &&Field| {
        field.path.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    let found: Vec<_> = all.iter().filter(is_meant).cloned().collect();
    if !name.is_empty() && !found.is_empty() {
        return Ok(found);
    }
    let last = |field: &Field| field.path.rsplit('.').next().unwrap_or_default().to_owned();
    let names: Vec<_> = all.iter().map(last).chain(all.iter().map(|f| f.path.clone())).collect();
    let nearest = crate::registry::nearest(name, names.iter());
    Err(UnknownField { name: name.to_owned(), nearest })
}

/// Collects the fields of one kind of file out of its schema.
struct Walk<'a> {
    file: &'static str,
    root: &'a Value,
    fields: &'a mut Vec<Field>,
}

impl Walk<'_> {
    /// Adds the fields of a table, whose own path with a dot behind it is `prefix`.
    fn table(&mut self, table: &Value, prefix: &str) {
        let required = |name: &str| {
            let names = table["required"].as_array();
            names.is_some_and(|names| names.iter().any(|n| n.as_str() == Some(name)))
        };
        for (name, schema) in table["properties"].as_object().into_iter().flatten() {
            let path = format!("{prefix}{name}");
            let (meant, inner) = (resolve(self.root, schema), element(self.root, schema));
            self.fields.push(Field {
                file: self.file,
                kind: kind(self.root, schema),
                required: required(name),
                description: text(schema).or_else(|| text(meant)).unwrap_or_default(),
                choices: choices(inner),
                path: path.clone(),
            });
            self.table(inner, &format!("{path}."));
        }
    }
}

/// Follows references, and takes the part that is not null of optional values.
fn resolve<'v>(root: &'v Value, schema: &'v Value) -> &'v Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let pointer = reference.trim_start_matches('#');
        return resolve(root, root.pointer(pointer).expect("schemas define what they refer to"));
    }
    match parts(schema)[..] {
        [part] => resolve(root, part),
        _ => schema,
    }
}

/// The alternatives that a schema has, without null.
fn parts(schema: &Value) -> Vec<&Value> {
    let parts = schema["anyOf"].as_array().into_iter().flatten();
    parts.filter(|part| part["type"] != "null").collect()
}

/// What arrays and tables by name consist of; other values stand for themselves.
fn element<'v>(root: &'v Value, schema: &'v Value) -> &'v Value {
    let meant = resolve(root, schema);
    for part in ["items", "additionalProperties"] {
        if meant[part].is_object() {
            return resolve(root, &meant[part]);
        }
    }
    meant
}

/// A type in words.
fn kind(root: &Value, schema: &Value) -> String {
    let meant = resolve(root, schema);
    let parts = parts(meant);
    if !parts.is_empty() {
        return parts.iter().map(|part| kind(root, part)).collect::<Vec<_>>().join(" or ");
    }
    let name = match &meant["type"] {
        Value::Array(names) => names.first().and_then(Value::as_str),
        name => name.as_str(),
    };
    match name {
        Some("array") => format!("array of {}s", kind(root, &meant["items"])),
        Some("object") if meant["additionalProperties"].is_object() => {
            format!("table of {}s by name", kind(root, &meant["additionalProperties"]))
        }
        Some("object") => "table".to_owned(),
        Some(name) => name.to_owned(),
        None => "string".to_owned(),
    }
}

fn choices(schema: &Value) -> Vec<Choice> {
    let values = schema["oneOf"].as_array().into_iter().flatten();
    let choice = |value: &Value| {
        let description = text(value).unwrap_or_default();
        value["const"].as_str().map(|value| Choice { value: value.to_owned(), description })
    };
    values.filter_map(choice).collect()
}

/// The documentation of a schema, as one line without links.
fn text(schema: &Value) -> Option<String> {
    let text = schema["description"].as_str()?;
    Some(text.replace('\n', " ").replace("[`", "`").replace("`]", "`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str) -> Vec<(&'static str, String, String)> {
        let fields = explain(name).unwrap();
        fields.into_iter().map(|field| (field.file, field.path, field.kind)).collect()
    }

    #[track_caller]
    fn check(name: &str, file: &str, path: &str, kind: &str) {
        assert_eq!(found(name), [(file, path.to_owned(), kind.to_owned())]);
    }

    #[test]
    fn fields_are_found_by_the_end_of_their_path() {
        check("wait_states", "chips", "memories.timing.wait_states", "array of tables");
        check("timing.bus_cycles", "chips", "memories.timing.bus_cycles", "integer");
        check("external", "boards", "external", "table of integers by name");
        check("arguments", "boards", "emulator.arguments", "array of strings");
        check("timing.cycles", "pipelines", "timing.cycles", "integer or array of integers");
        check("memories.timing", "chips", "memories.timing", "table");
        check("latency_ns", "chips", "memories.timing.latency_ns", "number");
    }

    #[test]
    fn a_name_may_be_that_of_several_fields() {
        let files: Vec<_> = found("description").iter().map(|(file, ..)| *file).collect();
        assert_eq!(files, ["boards", "chips", "cores", "pipelines"]);
    }

    #[test]
    fn choices_are_listed() {
        let values: Vec<_> =
            explain("serves").unwrap()[0].choices.iter().map(|c| c.value.clone()).collect();
        assert_eq!(values, ["instruction", "data", "unified"]);
        assert_eq!(explain("features").unwrap()[0].choices.len(), 5);
    }

    #[test]
    fn every_field_and_choice_is_explained() {
        for field in fields() {
            let described = field.choices.iter().all(|choice| !choice.description.is_empty());
            assert!(described && !field.description.is_empty(), "{}", field.path);
        }
    }

    #[test]
    fn whatever_a_file_must_have_is_required() {
        let required = |name: &str| explain(name).unwrap()[0].required;
        assert_eq!([required("unit_bytes"), required("prefetch")], [true, false]);
    }

    #[test]
    fn unknown_fields_suggest_the_nearest() {
        let error = explain("wait_state").unwrap_err().to_string();
        assert_eq!(error, "target files have no field `wait_state`; did you mean `wait_states`?");
        assert!(explain("").is_err());
    }
}
