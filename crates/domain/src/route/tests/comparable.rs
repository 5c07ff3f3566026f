use super::*;

/// The task of the combined model, and those of its parts.
fn tasks(questions: &[Question]) -> Vec<(&str, Vec<&str>)> {
    let task = |place: usize| questions[place].task.as_str();
    let found = comparable_routes(questions);
    let names = found.iter().map(|it| {
        let parts = it.hierarchical.questions().into_iter().map(task);
        (task(it.combined), parts.collect())
    });
    names.collect()
}

fn shoes_parts() -> Vec<&'static str> {
    vec!["shoes_gender", "shoes_male", "shoes_female"]
}

fn trousers_parts() -> Vec<&'static str> {
    vec!["trousers_gender", "trousers_male", "trousers_female"]
}

#[test]
fn shoes_and_trousers_are_found_at_once_and_step_by_step() {
    let questions = catalogue();
    let expected = [
        ("shoes_all", shoes_parts()),
        ("trousers_all", trousers_parts()),
    ];
    assert_eq!(tasks(&questions), expected);
    let shoes = &comparable_routes(&questions)[0];
    assert_eq!(shoes.combined, SHOES_ALL);
    assert_eq!(shoes.start, labels(&[("category", "shoes")]));
    assert_eq!(shoes.columns, ["gender", "type"]);
    assert_eq!(shoes.at_once.questions(), [SHOES_ALL]);
    assert_eq!(shoes.at_once.nodes().len(), 1);
    assert_eq!(shoes.hierarchical.nodes().len(), 3);
    assert_eq!(shoes.hierarchical.nodes()[0].question, SHOES_GENDER);
}

#[test]
fn without_the_types_of_one_gender_nothing_can_be_compared() {
    for missing in ["shoes_gender", "shoes_male", "shoes_female", "shoes_all"] {
        let questions = catalogue_without(&[missing]);
        let expected = [("trousers_all", trousers_parts())];
        assert_eq!(tasks(&questions), expected, "{missing}");
    }
    assert_eq!(tasks(&[]), []);
}

#[test]
fn a_column_with_a_single_class_needs_no_model() {
    let mut questions = catalogue_without(&["shoes_male", "trousers_all"]);
    of_task(&mut questions, "shoes_gender").answers[1].implied = labels(&[("type", "boots")]);
    let expected = [("shoes_all", vec!["shoes_gender", "shoes_female"])];
    assert_eq!(tasks(&questions), expected);

    // Nor does a column of which every label follows.
    questions.retain(|it| it.task != "shoes_female");
    of_task(&mut questions, "shoes_gender").answers[0].implied = labels(&[("type", "heels")]);
    assert_eq!(tasks(&questions), [("shoes_all", vec!["shoes_gender"])]);
    let found = comparable_routes(&questions);
    assert_eq!(found[0].hierarchical.columns(), ["gender"]);
    assert_eq!(found[0].columns, ["gender", "type"]);
}

#[test]
fn columns_are_in_the_order_of_the_hierarchy() {
    let mut questions = catalogue();
    questions[SHOES_ALL].definition.predicts.reverse();
    let found = comparable_routes(&questions);
    assert_eq!(found[0].columns, ["gender", "type"]);
}

#[test]
fn a_model_of_the_same_columns_is_no_part() {
    let shoes_all = catalogue().swap_remove(SHOES_ALL);
    assert_eq!(tasks(&[shoes_all.clone(), shoes_all]), []);
}

#[test]
fn a_model_of_other_columns_is_no_part() {
    let mut questions = catalogue_without(&["trousers_all"]);
    let male = of_task(&mut questions, "shoes_male");
    male.definition.predicts.push("season".to_owned());
    for answer in &mut male.answers {
        answer.labels.extend(labels(&[("season", "winter")]));
    }
    assert_eq!(tasks(&questions), []);
}

#[test]
fn a_column_that_is_not_compared_is_not_asked_for() {
    let mut questions = catalogue();
    let shoes = [("category", "shoes")];
    let seasons: [&[&str]; 2] = [&["summer"], &["winter"]];
    questions.push(question("season", &shoes, &["season"], &seasons));
    let found = comparable_routes(&questions).swap_remove(0);
    assert_eq!(found.columns, ["gender", "type"]);
    assert_eq!(found.at_once.questions(), [SHOES_ALL]);
    let parts = [SHOES_GENDER, SHOES_MALE, SHOES_FEMALE];
    assert_eq!(found.hierarchical.questions(), parts);
}

#[test]
fn three_columns_at_once_are_compared_with_the_whole_chain() {
    let mut questions = catalogue_without(&["glasses"]);
    of_task(&mut questions, "primary").answers.remove(0);
    let everything = question(
        "everything",
        &[],
        &["category", "gender", "type"],
        &[&["shoes", "male", "boots"], &["trousers", "male", "jeans"]],
    );
    questions.insert(0, everything);
    let mut parts = vec!["primary"];
    parts.extend(shoes_parts());
    parts.extend(trousers_parts());
    let of_one_category = [
        ("shoes_all", shoes_parts()),
        ("trousers_all", trousers_parts()),
    ];
    let mut expected = vec![("everything", parts)];
    expected.extend(of_one_category.clone());
    assert_eq!(tasks(&questions), expected);
    let chain = comparable_routes(&questions).swap_remove(0);
    assert_eq!(chain.start, Labels::new());
    assert_eq!(chain.columns, ["category", "gender", "type"]);

    // Where models of one column lack, one of two does.
    questions.retain(|it| !shoes_parts().contains(&it.task.as_str()));
    let mut parts = vec!["primary", "shoes_all"];
    parts.extend(trousers_parts());
    let expected = [("everything", parts), ("trousers_all", trousers_parts())];
    assert_eq!(tasks(&questions), expected);

    // Glasses, which have no gender, would leave a column open.
    let glasses = [("category", "glasses")];
    let primary = of_task(&mut questions, "primary");
    primary.answers.push(Answer {
        labels: labels(&glasses),
        implied: labels(&[("type", "sunglasses")]),
    });
    let expected = [("trousers_all", trousers_parts())];
    assert_eq!(tasks(&questions), expected);
}
