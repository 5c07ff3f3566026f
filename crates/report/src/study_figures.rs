//! What the original study reached, on its own photographs.

/// The best model that the study kept for a task.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct StudyFigures {
    /// The task's name here.
    task: &'static str,
    /// Pictures of its validation split, and as many of its test split.
    pub(crate) pictures: u64,
    /// Validation accuracy of the best model, in [0, 1].
    pub(crate) validation: f64,
    /// Test accuracy of that model, in [0, 1].
    pub(crate) test: f64,
}

/// By task: pictures, validation and test accuracy.
const STUDY: [StudyFigures; 10] = [
    figures("primary", 1620, 1.0, 0.9975),
    figures("glasses", 500, 0.9640, 0.9560),
    figures("shoes_all", 619, 0.7620, 0.7512),
    figures("shoes_gender", 619, 0.8350, 0.8223),
    figures("shoes_male", 259, 0.8820, 0.8764),
    figures("shoes_female", 360, 0.8990, 0.8528),
    figures("trousers_all", 500, 0.7740, 0.7620),
    figures("trousers_gender", 500, 0.9080, 0.9060),
    figures("trousers_male", 250, 0.8960, 0.8720),
    figures("trousers_female", 250, 0.8400, 0.8600),
];

const fn figures(task: &'static str, pictures: u64, validation: f64, test: f64) -> StudyFigures {
    StudyFigures {
        task,
        pictures,
        validation,
        test,
    }
}

/// The study's figures for the task of this name, if it is one of its tasks.
pub(crate) fn study_figures(task: &str) -> Option<&'static StudyFigures> {
    STUDY.iter().find(|figures| figures.task == task)
}

/// What the study's two routes got right on its test split, mirrored copies included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StudyRoutes {
    /// The name here of the task that predicts both labels at once.
    task: &'static str,
    /// Points of the model that predicts both at once.
    pub(crate) combined: u64,
    /// Points of the models that predict one after the other.
    pub(crate) hierarchical: u64,
    /// The most that a route could have.
    pub(crate) most_points: u64,
    /// What the study called the difference, if it is not what a reader would.
    pub(crate) called: Option<&'static str>,
}

const STUDY_ROUTES: [StudyRoutes; 2] = [
    StudyRoutes {
        task: "trousers_all",
        combined: 869,
        hierarchical: 868,
        most_points: 1000,
        called: None,
    },
    StudyRoutes {
        task: "shoes_all",
        combined: 981,
        hierarchical: 991,
        most_points: 1238,
        called: Some("about 10 % better"),
    },
];

/// The study's routes to the labels of the combined task of this name, if it compared them.
pub(crate) fn study_routes(combined: &str) -> Option<&'static StudyRoutes> {
    STUDY_ROUTES.iter().find(|routes| routes.task == combined)
}
