//! The text, without Python.

use fitroom_domain::{Hyperparameters, ImageSize};

use super::*;

fn text(dense_size: u32, title: &str, classes: &[&str]) -> String {
    let hyperparameters = Hyperparameters::new(5, 3, 4, dense_size, 0.0, 0.0).unwrap();
    let size = ImageSize {
        height: 80,
        width: 60,
    };
    let shape = NetworkShape::new(size, &hyperparameters, classes.len()).unwrap();
    let classes: Vec<String> = classes.iter().map(|class| (*class).to_owned()).collect();
    pytorch_file(&PytorchModel {
        shape: &shape,
        title,
        classes: &classes,
        version: "1.2.3",
    })
}

/// Whether these lines follow each other in the text.
fn has(text: &str, lines: &[&str]) -> bool {
    text.contains(&format!("\n{}\n", lines.join("\n")))
}

#[test]
fn the_file_says_what_it_is_and_builds_the_network() {
    let text = text(16, "shapes on demo", &["circle", "square"]);
    let begin = "\"\"\"shapes on demo\n\nA network that Fitting Room 1.2.3 trained.";
    assert!(text.starts_with(begin), "{text}");
    for lines in [
        &[
            "CLASSES = [",
            "    \"circle\",",
            "    \"square\",",
            "]",
            "WIDTH, HEIGHT = 60, 80",
        ][..],
        &[
            "        self.convolution_1 = torch.nn.Conv2d(3, 4, 5)",
            "        self.convolution_2 = torch.nn.Conv2d(4, 4, 3)",
            // 80 × 60 − 4, halved, − 2, halved: 18 × 13 of four kernels.
            "        self.hidden = torch.nn.Linear(936, 16)",
            "        self.output = torch.nn.Linear(16, len(CLASSES))",
        ],
        &[
            "        features = self.hidden(features).relu()",
            "        return self.output(features)",
        ],
    ] {
        assert!(has(&text, lines), "no {lines:#?} in\n{text}");
    }
}

#[test]
fn without_a_hidden_layer_the_output_takes_all_features() {
    let text = text(0, "shapes", &["circle", "square"]);
    assert!(!text.contains("self.hidden"), "{text}");
    let output = "        self.output = torch.nn.Linear(936, len(CLASSES))";
    assert!(has(&text, &[output]), "{text}");
}

#[test]
fn what_people_named_stays_inside_its_quotation_marks() {
    let names = [
        "\"\"\" + evil() + \"\"\"",
        "back\\slash\\",
        "two\nlines\r\0\u{7f}",
        "Größe 'XL' · 裤子 \u{1f456}",
    ];
    for title in names {
        let text = text(0, title, &names);
        let literals = [
            r#""\"\"\" + evil() + \"\"\"""#,
            r#""back\\slash\\""#,
            "\"two\\nlines\\r\\u0000\u{7f}\"",
            "\"Größe 'XL' · 裤子 \u{1f456}\"",
        ];
        let lines = literals.map(|literal| format!("    {literal},"));
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        assert!(has(&text, &lines), "{text}");
        // The docstrings of the module, the class and five functions, and no more.
        assert_eq!(text.matches("\"\"\"").count(), 2 * 6, "{text}");
        assert_eq!(
            text.lines().count(),
            self::text(0, "", &names).lines().count()
        );
    }
}
