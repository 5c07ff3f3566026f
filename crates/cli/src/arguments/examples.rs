//! Examples of commands, below the help of each.

pub(super) const DATA_DEMO: &str = "\
Examples:
  fitroom data demo
  fitroom data demo --seed 7 --out data/other-demo";

pub(super) const DATA_IMPORT: &str = "\
Examples:
  fitroom data import catalogue.zip --labels labels.csv --size 60x80 --out data/catalogue
  fitroom data import photographs/ --labels labels.csv --size 60x80 --out data/shop --split 80/10/10";

pub(super) const DATA_CHECK: &str = "\
Examples:
  fitroom data check catalogue
  fitroom data check data/catalogue --json";

pub(super) const DATA_IMPORT_NPZ: &str = "\
Examples:
  fitroom data import-npz --sets sweeps/study/catalogue.toml --out data/study
  fitroom data import-npz --train shoes_train.npz --validation shoes_validation.npz --names sweeps/study/shoes.toml --out data/shoes";

pub(super) const DATA_SHOW: &str = "\
Example:
  fitroom data show catalogue";

pub(super) const SWEEP: &str = "\
Examples:
  fitroom sweep sweeps/trousers_all.toml
  fitroom sweep sweeps/trousers_all.toml --plan
  fitroom sweep sweeps/trousers_all.toml --set kernel_num=32 --set \"seeds=[0, 1, 2]\"
  fitroom sweep sweeps/trousers_all.toml --retry all";

pub(super) const STUDY: &str = "\
Examples:
  fitroom study --quick
  fitroom study --data catalogue";

pub(super) const AUDIT: &str = "\
Example:
  fitroom audit trousers_all";

pub(super) const BEST: &str = "\
Examples:
  fitroom best
  fitroom best --pin trousers_all 3fa94c1b
  fitroom best --unpin trousers_all
  fitroom best --prefer cheapest";

pub(super) const EVALUATE: &str = "\
Examples:
  fitroom evaluate
  fitroom evaluate --data catalogue --json";

pub(super) const COMPARE: &str = "\
Examples:
  fitroom compare
  fitroom compare --as-study";

pub(super) const LABEL: &str = "\
Examples:
  fitroom label photographs/ --out labels.csv
  fitroom label photographs.zip --out labels.csv --route hierarchical --precision 0.99";

pub(super) const EXPORT: &str = "\
Example:
  fitroom export trousers_all --to trousers-model";

pub(super) const REPORT: &str = "\
Examples:
  fitroom report
  fitroom report trousers_all --csv > trousers.csv
  fitroom report --watch";

pub(super) const IMPORT_LOGS: &str = "\
Examples:
  fitroom import-logs logs/
  fitroom import-logs logs/ --name keras-study --map \"kernel size=kernel_size_1\"";

pub(super) const COMPLETIONS: &str = "\
Examples:
  fitroom completions bash > ~/.local/share/bash-completion/completions/fitroom
  fitroom completions zsh > \"${fpath[1]}/_fitroom\"
  fitroom completions fish > ~/.config/fish/completions/fitroom.fish";

pub(super) const MAN: &str = "\
Example:
  fitroom man --to ~/.local/share/man/man1";
