use super::*;

fn named(maps: &[&str], hparams: &[(&str, LoggedHparam)]) -> NamedHparams {
    let maps: Vec<MapArgument> = maps.iter().map(|map| map.parse().unwrap()).collect();
    let hparams: BTreeMap<String, LoggedHparam> = (hparams.iter())
        .map(|(name, value)| ((*name).to_owned(), value.clone()))
        .collect();
    HparamNames { maps: &maps }.named(&hparams)
}

fn shown(named: &NamedHparams) -> String {
    let settings = named.settings.iter();
    let settings: Vec<String> = settings
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    settings.join(" ")
}

const NUMBER: fn(f64) -> LoggedHparam = LoggedHparam::Number;

#[test]
fn names_of_the_study_and_of_others_become_ours() {
    let study = named(
        &[],
        &[
            ("kernel size", NUMBER(3.0)),
            ("kernel num", NUMBER(64.0)),
            ("lambda reg", NUMBER(1e-5)),
            ("Dense Size", NUMBER(256.0)),
        ],
    );
    assert_eq!(
        shown(&study),
        "dense_size=256 kernel_num=64 kernel_size_1=3 kernel_size_2=3 lambda=1e-5"
    );
    let torch = named(
        &[],
        &[
            ("lr", NUMBER(0.1)),
            ("bsize", LoggedHparam::Text("32".to_owned())),
            ("optimizer", LoggedHparam::Text("adam".to_owned())),
            ("augment", LoggedHparam::Flag(true)),
            ("seed", NUMBER(7.0)),
        ],
    );
    assert_eq!(
        shown(&torch),
        "augment=true batch_size=32 learning_rate=0.1 optimizer=adam"
    );
    assert_eq!(torch.seed, Some(7));
}

#[test]
fn the_command_line_comes_first_and_one_kernel_before_both() {
    let mapped = named(
        &["kernel size=kernel_size_1", "width=kernel_num"],
        &[("kernel size", NUMBER(5.0)), ("width", NUMBER(8.0))],
    );
    assert_eq!(shown(&mapped), "kernel_num=8 kernel_size_1=5");
    let one = named(
        &[],
        &[("kernel_size", NUMBER(3.0)), ("kernel_size_2", NUMBER(7.0))],
    );
    assert_eq!(shown(&one), "kernel_size_1=3 kernel_size_2=7");
}

#[test]
fn of_two_names_for_one_setting_the_surer_counts_and_the_other_is_kept() {
    let twice = named(&[], &[("lr", NUMBER(0.1)), ("learning_rate", NUMBER(0.01))]);
    assert_eq!(shown(&twice), "learning_rate=0.01 lr=0.1");
    let mapped = named(
        &["width=kernel_num"],
        &[
            ("filters", NUMBER(4.0)),
            ("kernel_num", NUMBER(8.0)),
            ("width", NUMBER(16.0)),
        ],
    );
    let expected = "filters=4 kernel_num=16 kernel_num (logged)=8";
    assert_eq!(shown(&mapped), expected);
}

#[test]
fn values_that_cannot_be_ours_stay_as_they_were_logged() {
    let odd = named(
        &[],
        &[
            ("kernel_num", LoggedHparam::Text("many".to_owned())),
            ("lr", NUMBER(f64::NAN)),
            ("seed", NUMBER(-1.5)),
        ],
    );
    assert_eq!(shown(&odd), "kernel_num=many seed=-1.5");
    assert_eq!(odd.seed, None);
}

#[test]
fn a_map_that_means_nothing_is_refused() {
    let error = "width=kernels"
        .parse::<MapArgument>()
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("`kernels` is no name of ours, expected one of kernel_size,"),
        "{error}"
    );
    assert_eq!(
        "width".parse::<MapArgument>(),
        Err(MapArgumentError::NoPair)
    );
    assert_eq!(
        "=lambda".parse::<MapArgument>(),
        Err(MapArgumentError::NoPair)
    );
}

#[test]
fn every_alias_leads_to_a_name_of_ours() {
    for (alias, name) in ALIASES {
        assert!(known().any(|known| known == name), "{alias}");
        assert_eq!(words(alias).join("_"), alias);
    }
}
