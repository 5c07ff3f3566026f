//! What a task asks, as people read it.

use fitroom_domain::{Flip, TaskDefinition};

/// `gender, type where category = trousers (train mirrored too)`; nothing of an imported trial, whose task is not known.
pub(super) fn task_text(definition: &str) -> Option<String> {
    let definition: TaskDefinition = serde_json::from_str(definition).ok()?;
    let mut text = definition.predicts.join(", ");
    for (place, (column, label)) in definition.where_.iter().enumerate() {
        let word = if place == 0 { " where" } else { "," };
        text.push_str(&format!("{word} {column} = {label}"));
    }
    text.push_str(match definition.flip {
        Flip::None => "",
        Flip::Train => ", with mirrored copies in train",
        Flip::All => ", with mirrored copies in every split",
    });
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_read_from_its_definition() {
        let definition = r#"{"where":{"category":"shoes","gender":"male"},"predicts":["type","colour"],"flip":"all"}"#;
        let expected = "type, colour where category = shoes, gender = male, with mirrored copies in every split";
        assert_eq!(task_text(definition).as_deref(), Some(expected));
        let all = r#"{"where":{},"predicts":["category"],"flip":"none"}"#;
        assert_eq!(task_text(all).as_deref(), Some("category"));
        assert_eq!(task_text("\"imported\""), None);
    }
}
