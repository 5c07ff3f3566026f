//! What SQLite does for each question: no index is missing, and lists read one alone.

use std::fs;
use std::path::Path;

use fitroom_domain::{NUMBER_FIELDS, TrialField};
use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, Execute, QueryBuilder, Row, Sqlite, SqliteConnection,
};

use crate::open::Store;
use crate::read::{Which, statement};
use crate::trial_query::{Direction, TrialQuery, find_statement};

/// What may be read from its begin to its end: there are few of them.
const SMALL: [&str; 12] = [
    "sqlite_master",
    "made",
    "sweeps",
    "shown",
    "wanting",
    "tasks",
    "asked",
    "setting",
    "selections",
    "evaluations",
    "(subquery-",
    "CONSTANT ROW",
];

/// Statements that read a large table or index from its begin to its end, since their answer depends on all of it.
const OF_ALL: [(&str, &str); 6] = [
    // Store::trials.
    ("order by trials.key", "SCAN trials"),
    (
        "select count(*) from trials",
        "SCAN trials USING COVERING INDEX",
    ),
    // Store::standings.
    (
        "select key, row_number() over",
        "SCAN trials USING INDEX trials_of_a_task",
    ),
    // Store::trial_places.
    (
        "select trials.key, trials.id, trials.name, trials.state, trials.folder",
        "SCAN trials",
    ),
    // Counts of every sweep and task.
    ("select wish.sweep_key, count(*)", "SCAN wish USING INDEX"),
    (
        "select fingerprint, definition, trained from tasks",
        "SCAN trials USING COVERING INDEX",
    ),
];

/// Checks of references that cannot be broken by what is done, so that SQLite skips them, and those of imported sweeps
/// that are forgotten.
const CHECKS: [&str; 3] = [
    "insert into sweeps",
    "insert into sweep_runs",
    "delete from sweeps",
];

/// 40 sweeps of 20 tasks, 4,000 trials (some of several sweeps), and what they leave.
const FILL: &str = "
    insert into tasks (key, fingerprint, definition)
    with recursive n (n) as (select 1 union all select n + 1 from n where n < 20)
    select n, printf('%032x', n % 4), '{\"task\":' || n || '}' from n;

    insert into sweeps
        (key, dataset, fingerprint, name, task, definition, summary, keep, text, run_at, plan, imported_from)
    with recursive n (n) as (select 1 union all select n + 1 from n where n < 40)
    select n, 'dataset ' || (n % 4), fingerprint, 'sweep ' || n, 'task ' || (n % 20), definition, '{}', 'top', '',
        '2026-01-01', 1, case when n = 40 then '/logs' end
    from n join tasks on tasks.key = 1 + n % 20;

    insert into sweep_runs (key, sweep_key, plan, run_at, text, overrides)
    select key, key, 1, '2026-01-01', '', '[]' from sweeps;

    insert into trials
        (key, id, name, task_key, state, listed_key, sweep_key, folder, ended_at, accuracy, loss, best_epoch, epochs,
         parameters, multiply_adds, seconds, weights_kept, seed, kernel_size_1, kernel_size_2, kernel_num,
         dense_size, dropout_rate, lambda, max_epochs, batch_size, learning_rate, patience, threads, configuration,
         trial)
    with recursive n (n) as (select 0 union all select n + 1 from n where n < 3999),
    trial as (
        select n, 1 + n / 100 as sweep, n % 100 >= 97 as failed, n % 100 between 90 and 96 as planned,
            (n * 7919) % 10007 / 10007.0 as random
        from n)
    select 1 + n, printf('%08x%024x', (n * 2654435761) % 4294967296, n), 'k3x3-n64-s' || n, 1 + sweep % 20,
        case when failed then 'failed' when planned then 'planned' else 'finished' end,
        sweep, iif(planned, null, sweep), iif(planned, null, 'small/grid/' || n),
        iif(planned, null, printf('2026-%02d-01T00:00:00.000Z', 1 + n % 12)),
        iif(planned or failed, null, round(random, 3)), iif(planned or failed, null, 1 - random),
        iif(planned or failed, null, 5), iif(planned or failed, null, 12), iif(planned or failed, null, 1000 * (n % 30)),
        iif(planned or failed, null, 100000), iif(planned or failed, null, 3 * random), n % 2,
        n % 5, 3 + n % 3, 3, 32 * (1 + n % 4), 128 * (n % 3), 0.1 * (n % 4), 0.001 * (n % 2), 15, 64, 0.001, 2, 1,
        printf('%032x', n / 5),
        json_object('seed', n, 'padding', printf('%500c', 'x'))
    from trial;

    insert into sweep_trials (sweep_key, trial_key, position)
    select listed_key, key, key % 100 from trials;
    insert into sweep_trials (sweep_key, trial_key, position)
    select 1 + listed_key % 40, key, 100 + key % 100 from trials where key % 10 = 0;
    update sweep_trials set pruned_at_epoch = 3
    where (select state from trials where key = trial_key) = 'planned' and trial_key % 2;

    insert into attempts (trial_key, number, owner, state, numerics, started_at, ended_at, sweep_run_key)
    select key, 1, 'owner', iif(state = 'finished', 'finished', 'failed'), 'x86', '2026', '2026', listed_key
    from trials where state <> 'planned';
    insert into files (trial_key, name, bytes, blake3)
    select trials.key, value, 1000, 'hash' from trials, json_each('[\"model\",\"metrics\",\"trial\"]')
    where state = 'finished';
    insert into epochs
    with recursive n (n) as (select 1 union all select n + 1 from n where n < 12)
    select trials.key, n, 1, 0.5, 1, 0.5, 0.1 from trials, n where state = 'finished';
    insert into tags (trial_key, tag)
    select key, iif(key % 3, 'baseline', 'to check ' || key % 7) from trials where key % 20 = 0;
    insert into notes (trial_key, note) select key, 'a note of ' || key from trials where key % 50 = 0;
    insert into removed_trials (key, id, removed_at) values (4001, 'x', '2026');
    insert into selections select fingerprint, definition, 'pinned', 100 * key, '2026' from tasks where key < 4;
";

/// A question as SQLite gets it.
struct Question {
    sql: String,
    arguments: SqliteArguments,
}

impl Question {
    fn new(sql: impl Into<String>) -> Question {
        Question {
            sql: sql.into(),
            arguments: SqliteArguments::default(),
        }
    }

    fn built(mut statement: QueryBuilder<Sqlite>) -> Question {
        let sql = statement.sql().as_str().to_owned();
        let arguments = statement.build().take_arguments().unwrap();
        Question {
            sql,
            arguments: arguments.unwrap_or_default(),
        }
    }
}

/// The filled database as it is in practice, and as it is once somebody has analysed it.
async fn databases() -> Vec<(&'static str, tempfile::TempDir, SqliteConnection)> {
    let mut databases = Vec::new();
    for (name, also) in [
        ("as it is", ""),
        ("analysed", "analyze"),
        ("optimised", "pragma optimize = 0x10002"),
    ] {
        let runs = tempfile::tempdir().unwrap();
        Store::open(runs.path()).await.unwrap().close().await;
        let options = SqliteConnectOptions::new().filename(Store::path(runs.path()));
        let options = options.foreign_keys(true);
        let mut connection = options.connect().await.unwrap();
        let mut filling = connection.begin().await.unwrap();
        sqlx::raw_sql(FILL).execute(&mut *filling).await.unwrap();
        filling.commit().await.unwrap();
        sqlx::raw_sql(also).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        // What was analysed is known to connections that are opened after.
        let connection = options.connect().await.unwrap();
        databases.push((name, runs, connection));
    }
    databases
}

async fn plan(connection: &mut SqliteConnection, question: Question) -> Vec<String> {
    let sql = format!("explain query plan {}", question.sql);
    let rows = sqlx::query_with(AssertSqlSafe(sql.as_str()), question.arguments)
        .fetch_all(connection)
        .await
        .unwrap_or_else(|error| panic!("{error}: {}", question.sql));
    rows.iter().map(|row| row.get("detail")).collect()
}

/// Every literal of this crate's sources, without those of their tests.
fn literals() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut literals = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.file_stem().is_some_and(|stem| stem == "query_plans") {
            continue;
        }
        let source = fs::read_to_string(path).unwrap();
        let source = source.split("#[cfg(test)]\nmod tests").next().unwrap();
        let code = source
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"));
        literals_of(&code.collect::<Vec<_>>().join("\n"), &mut literals);
    }
    literals
}

fn literals_of(code: &str, literals: &mut Vec<String>) {
    let mut literal: Option<String> = None;
    let mut characters = code.chars();
    while let Some(character) = characters.next() {
        match (character, &mut literal) {
            ('"', None) => literal = Some(String::new()),
            ('"', Some(_)) => literals.extend(literal.take()),
            ('\\', Some(text)) => text.extend(characters.next()),
            (other, Some(text)) => text.push(other),
            (_, None) => {}
        }
    }
}

/// A statement of a literal; `None` if it is none, or no whole one.
fn question_of(literal: &str) -> Option<Question> {
    let is = |starts: &[&str]| starts.iter().any(|start| literal.starts_with(start));
    let is_pushed_to = literal.ends_with(' ') || literal.contains('{');
    if is(&["select ", "insert ", "update ", "delete "]) && !is_pushed_to {
        return Some(Question::new(literal));
    }
    if is(&["1 + max(("]) {
        return Some(Question::new(format!("select {literal}")));
    }
    // What `trial_rows` is called with.
    let is_part = is(&["join sweep_trials as wish"]) || is_pushed_to;
    if is(&["join ", "where ", "order by "]) && !is_part {
        let which = match literal {
            "where trials.state = 'finished'" => Which::OfSweep(1),
            _ if literal.contains("wish.") => Which::OfSweep(1),
            _ => Which::All,
        };
        return Some(Question::new(statement(&which, literal)));
    }
    None
}

#[tokio::test]
async fn no_statement_reads_a_table_from_its_begin_to_its_end() {
    let mut found = Vec::new();
    for (name, _runs, mut connection) in databases().await {
        let mut asked = 0;
        for literal in literals() {
            let Some(question) = question_of(&literal) else {
                continue;
            };
            asked += 1;
            let text = literal.split_whitespace().collect::<Vec<_>>().join(" ");
            let is_check = CHECKS.iter().any(|start| text.starts_with(start));
            for line in plan(&mut connection, question).await {
                let Some(scanned) = line.strip_prefix("SCAN ") else {
                    continue;
                };
                // A list that was given, or what SQLite says of its own tables.
                let is_virtual = scanned.contains("VIRTUAL TABLE");
                let is_small = SMALL.iter().any(|table| scanned.starts_with(table)) || is_virtual;
                let is_of_all = OF_ALL
                    .iter()
                    .any(|(start, scan)| text.starts_with(start) && line.starts_with(scan));
                if !(is_small || is_of_all || is_check) {
                    found.push(format!("{name}: {line}: {text}"));
                }
            }
        }
        // If statements were not found any more, nothing would be asserted.
        assert!(asked > 60, "{asked} statements");
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Queries of the first 20 trials that meet a filter, sorted by a field.
fn sorted_by(filter: &str, fields: &[&str]) -> Vec<(String, TrialQuery)> {
    let filter_text = filter;
    let filter: fitroom_domain::TrialFilter = filter.parse().unwrap();
    let directions = [Direction::Ascending, Direction::Descending];
    let orders = fields.iter().flat_map(|name| {
        directions.map(|direction| (*name, vec![(TrialField::named(name), direction)]))
    });
    orders
        .map(|(name, order)| {
            let query = TrialQuery {
                filter: filter.clone(),
                order,
                limit: Some(20),
                offset: 0,
            };
            let text = format!("`{filter_text}` by {name} {:?}", query.order[0].1);
            (text, query)
        })
        .collect()
}

/// Asserts of every plan that none of its lines is bad.
async fn assert_no_line(queries: &[(String, TrialQuery)], is_bad: impl Fn(&str) -> bool) {
    let mut found = Vec::new();
    for (name, _runs, mut connection) in databases().await {
        for (text, query) in queries {
            let lines = plan(&mut connection, Question::built(find_statement(query))).await;
            let bad = lines.into_iter().filter(|line| is_bad(line));
            found.extend(bad.map(|line| format!("{name}: {text}: {line}")));
        }
    }
    assert!(
        found.is_empty(),
        "{} plans:\n{}",
        found.len(),
        found.join("\n")
    );
}

/// Whether a line says that rows of trials themselves are read.
fn reads_trials(line: &str) -> bool {
    let of_trials = line.starts_with("SCAN trials") || line.starts_with("SEARCH trials");
    of_trials && !line.contains("COVERING INDEX")
}

#[tokio::test]
async fn a_list_by_numbers_reads_an_index_alone() {
    let numbers = NUMBER_FIELDS.map(|field| field.name);
    let mut sorts = numbers.to_vec();
    sorts.extend(["state", "ended"]);
    let mut queries = sorted_by("", &sorts);
    for name in numbers {
        queries.extend(sorted_by(&format!("{name}>0.5"), &sorts));
        queries.extend(sorted_by(&format!("{name}=1,2"), &sorts));
    }
    for filter in [
        "accuracy>0.8 kernel_num=64",
        "state=finished",
        "state=pruned",
        "state!=failed,pruned",
        "ended>=2026-03",
    ] {
        queries.extend(sorted_by(filter, &sorts));
    }
    assert_no_line(&queries, reads_trials).await;
}

#[tokio::test]
async fn a_list_by_accuracy_is_not_sorted() {
    let mut queries = Vec::new();
    for filter in [
        "",
        "accuracy>0.8 kernel_num=64",
        "kernel_num=64",
        "state=finished",
        "state!=failed,pruned",
    ] {
        queries.extend(sorted_by(filter, &["accuracy"]));
    }
    let is_sort = |line: &str| line == "USE TEMP B-TREE FOR ORDER BY";
    assert_no_line(&queries, is_sort).await;
}

#[tokio::test]
async fn a_list_of_some_trials_does_not_look_at_all() {
    let mut queries = Vec::new();
    for filter in [
        "sweep=\"sweep 3\"",
        "dataset=\"dataset 1\"",
        "task=\"task 3\"",
        "tag=baseline",
        "tag~check",
        "note~a",
        "id=3fa9",
        "id=3fa9,41",
        "sweep=\"sweep 3\" accuracy>0.5",
        "dataset=\"dataset 1\" state=finished kernel_num=64",
        "optimizer=adam",
    ] {
        let fields = [
            "accuracy",
            "kernel_num",
            "state",
            "ended",
            "name",
            "tag",
            "optimizer",
        ];
        queries.extend(sorted_by(filter, &fields));
    }
    assert_no_line(&queries, |line| line.starts_with("SCAN trials")).await;
}

#[tokio::test]
async fn the_default_order_is_read_sweep_by_sweep() {
    let mut queries = Vec::new();
    for filter in ["", "kernel_num=64", "state=finished", "accuracy>0.8"] {
        let query = TrialQuery {
            filter: filter.parse().unwrap(),
            limit: Some(20),
            ..TrialQuery::default()
        };
        queries.push((format!("`{filter}`"), query));
    }
    let is_bad =
        |line: &str| line.starts_with("SCAN trials") || line == "USE TEMP B-TREE FOR ORDER BY";
    assert_no_line(&queries, is_bad).await;
}
