//! Nothing that a name says is taken for markup, and nothing is fetched.

use fitroom_report::{check_page, index_page, routes_page, sweep_page};

use crate::specimen;

#[test]
fn hostile_names_stay_text() {
    let hostile = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;";
    let mut report = specimen::nearly_done(&[0, 1]);
    report.sweep = hostile.to_owned();
    report.dataset.name = hostile.to_owned();
    report.numerics = vec![hostile.to_owned()];
    report.version = hostile.to_owned();
    report.generated_at = hostile.to_owned();
    for trial in &mut report.trials {
        trial.name = hostile.to_owned();
        trial.error = Some(hostile.to_owned());
        trial.reused_from = Some(hostile.to_owned());
    }
    let report = specimen::asked(report, |task, summary| {
        task.name = hostile.to_owned();
        task.definition.predicts = vec![hostile.to_owned()];
        task.definition.where_ = [(hostile.to_owned(), hostile.to_owned())].into();
        summary.classes = vec![hostile.to_owned(); 4];
    });
    let mut report = report;
    for photograph in report.photographs.values_mut() {
        photograph.path = hostile.to_owned();
    }
    let test = report.test.as_mut().unwrap();
    test.model_name = hostile.to_owned();
    test.trained_by = hostile.to_owned();
    for look in &mut test.looks {
        look.at = hostile.to_owned();
        look.model_name = hostile.to_owned();
    }
    let mut index = specimen::index();
    index.datasets[0].routes = Some(format!("javascript:{hostile}"));
    index.datasets[0].tasks[0].test.as_mut().unwrap().model_name = hostile.to_owned();
    index.datasets[0].name = hostile.to_owned();
    index.datasets[0].tasks[0].task = hostile.to_owned();
    index.datasets[0].tasks[0].sweeps[0].name = hostile.to_owned();
    index.datasets[0].tasks[0].sweeps[0].path = format!("javascript:{hostile}");
    let mut check = specimen::check();
    check.dataset.name = hostile.to_owned();
    check.warnings = vec![hostile.to_owned()];
    check.skipped = vec![(hostile.to_owned(), hostile.to_owned())];
    check.small_classes[0].class = hostile.to_owned();
    let picture = &mut check.sections[0].groups[0].pictures[0];
    picture.path = hostile.to_owned();
    picture.labels = vec![hostile.to_owned()];
    let mut routes = specimen::routes::report();
    routes.dataset.name = hostile.to_owned();
    routes.missing = vec![hostile.to_owned()];
    routes.models[0].task = hostile.to_owned();
    routes.models[0].trial = hostile.to_owned();
    routes.comparisons[0].combined = hostile.to_owned();
    routes.comparisons[0].hierarchical = vec![hostile.to_owned()];
    routes.comparisons[0].columns = vec![hostile.to_owned(); 2];
    let routes = routes_page(&routes);
    let check = check_page(&check).replace("<img src=\"data:image/png;base64,", "");
    for page in [
        sweep_page(&report).unwrap(),
        index_page(&index),
        routes,
        check,
    ] {
        let scripts = page.matches("<script").count();
        let data = page
            .matches("<script id=\"sweep-data\" type=\"application/json\">")
            .count();
        assert_eq!(scripts, 1 + data);
        assert_eq!(page.matches("</script>").count(), scripts);
        let foreign = page.replace("<img src=\"data:image/jpeg;base64,", "");
        // Within the data only `<` could do harm.
        let (before, data) = page
            .split_once("type=\"application/json\">")
            .unwrap_or((&page, ""));
        let (data, after) = data.split_once("</script>").unwrap_or_default();
        assert!(!data.contains('<'));
        assert!(!foreign.contains("<img") && !before.contains("\"'>") && !after.contains("\"'>"));
        assert!(page.contains("&lt;script&gt;alert(1)"));
        assert!(!page.contains("\"javascript:"));
    }
}

#[test]
fn pages_fetch_nothing() {
    for page in [
        sweep_page(&specimen::nearly_done(&[0, 1])).unwrap(),
        index_page(&specimen::index()),
        routes_page(&specimen::routes::report()),
    ] {
        let page = page.replace(" src=\"data:image/jpeg;base64,", "");
        for forbidden in [
            "http:", "https:", "//cdn", "<link", " src=", "@import", "url(",
        ] {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
        assert!(page.contains("default-src 'none'"));
    }
}
