//! Another shop, with a taxonomy of its own: its CSV and a tasks file are enough.

use std::fs;

use crate::photographs::Workplace;

const TASKS: &str = r#"
[departments]
predicts = ["department"]

[garments]
predicts = ["department", "garment"]

[men_sleeves]
where = { department = "men", garment = "shirt" }
predicts = ["sleeve"]
"#;

const SWEEP: &str = r#"
task = "departments"

[hyperparameters]
kernel_size = 3
kernel_num = 4

[train]
epochs = 2
batch_size = 16
"#;

/// Department, garment and sleeve of each of the drawn photographs; only shirts have sleeves.
fn labels(number: usize) -> String {
    let department = ["men", "women"][number / 3 % 2];
    let garment = ["shirt", "skirt", "coat"][number % 3];
    let sleeve = match garment {
        "shirt" => ["long", "short"][number / 6 % 2],
        _ => "",
    };
    format!("{department},{garment},{sleeve}")
}

#[test]
fn a_shop_with_its_own_columns_needs_only_its_csv_and_a_tasks_file() {
    let workplace = Workplace::new();
    workplace.draw_photographs("photographs");
    let mut csv = String::from("photograph,department,garment,sleeve\n");
    for number in 0..150 {
        csv.push_str(&format!("{number:03}.png,{}\n", labels(number)));
    }
    workplace.write("photographs/stock.csv", &csv);
    workplace.write("shop/tasks.toml", TASKS);
    for task in ["departments", "garments", "men_sleeves"] {
        let sweep = SWEEP.replace("departments", task);
        workplace.write(&format!("shop/{task}.toml"), &sweep);
    }
    let import = workplace.fitroom(&[
        "data",
        "import",
        "photographs",
        "--labels",
        "stock.csv",
        "--size",
        "14x18",
        "--out",
        "data/shop",
    ]);
    assert_eq!(import.code, Some(0), "{}", import.stderr);

    let run = workplace.fitroom(&[
        "sweep",
        "shop/departments.toml",
        "shop/garments.toml",
        "shop/men_sleeves.toml",
    ]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    for announced in [
        "departments on shop: 2 classes",
        "garments on shop: 6 classes",
        "men_sleeves on shop: 2 classes",
    ] {
        assert!(
            run.stderr.contains(announced),
            "{announced}: {}",
            run.stderr
        );
    }
    assert_eq!(workplace.fitroom(&["report"]).code, Some(0));
    let page = fs::read_to_string(workplace.path("reports/shop/garments.html")).unwrap();
    for class in ["men · coat", "women · skirt"] {
        assert!(page.contains(class), "{class} is not on the page");
    }
    let best = workplace.fitroom(&["best", "--json"]);
    for task in ["departments", "garments", "men_sleeves"] {
        assert!(
            best.stdout.contains(&format!("\"task\": \"{task}\"")),
            "{}",
            best.stdout
        );
    }
}
