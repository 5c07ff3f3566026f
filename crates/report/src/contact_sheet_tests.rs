use super::*;

fn about() -> SheetAbout {
    let column = |name: &str, labels: &[&str]| SheetColumn {
        name: name.to_owned(),
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
    };
    SheetAbout {
        source: "autumn".to_owned(),
        generated_at: "2026-02-28 17:05".to_owned(),
        version: "0.1.0".to_owned(),
        columns: vec![
            column("gender", &["female", "male"]),
            column("type", &["boots", "flats"]),
        ],
        photographs: 1240,
        to_review: 87,
        shown: 1240,
        unreadable: 3,
        notes: vec!["Labelled by two models.".to_owned()],
    }
}

fn found(label: &str, probability: f64) -> Option<SheetLabel> {
    Some(SheetLabel {
        label: label.to_owned(),
        probability,
    })
}

fn card(path: &str) -> SheetCard {
    SheetCard {
        path: path.to_owned(),
        jpeg: b"picture".to_vec(),
        labels: vec![found("male", 0.873), None],
        joint: Some(0.61),
        needs_review: true,
    }
}

fn written(about: &SheetAbout, cards: Vec<SheetCard>) -> String {
    let mut page = Vec::new();
    write_contact_sheet(&mut page, about, cards.into_iter().map(Ok)).unwrap();
    String::from_utf8(page).unwrap()
}

#[test]
fn the_page_is_whole_and_says_how_many_there_are_and_what_to_do() {
    let page = written(&about(), Vec::new());
    assert!(page.starts_with("<!DOCTYPE html><html lang=\"en\"><head>"));
    assert!(page.ends_with("</script></body></html>"));
    for part in [
        "<strong>1\u{202f}240</strong> photographs",
        "<strong>87</strong> to review",
        "<strong>3</strong> unreadable",
        "<p>Labelled by two models.</p>",
        "fitroom data import FOLDER --labels corrections.csv",
        "<ol class=\"sheet\" data-columns=\"[&quot;gender&quot;,&quot;type&quot;]\">\n</ol></main>",
    ] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("are shown"));
}

#[test]
fn a_page_of_some_photographs_says_so() {
    let page = written(
        &SheetAbout {
            shown: 500,
            unreadable: 0,
            ..about()
        },
        Vec::new(),
    );
    assert!(page.contains("Only 500 of 1\u{202f}240 photographs are shown,"));
    assert!(!page.contains("unreadable"));
}

#[test]
fn cards_keep_their_order() {
    let page = written(&about(), ["b.jpg", "c.jpg", "a.jpg"].map(card).into());
    let paths: Vec<&str> = page
        .split("data-path=\"&quot;")
        .skip(1)
        .map(|rest| rest.split("&quot;").next().unwrap())
        .collect();
    assert_eq!(paths, ["b.jpg", "c.jpg", "a.jpg"]);
}

#[test]
fn every_label_can_be_chosen_and_what_was_found_is() {
    let page = written(&about(), vec![card("a.jpg")]);
    assert!(page.contains("<img src=\"data:image/jpeg;base64,cGljdHVyZQ==\" alt=\"a.jpg\""));
    assert!(page.contains(
        "<span>gender</span><select aria-label=\"gender of a.jpg\">\
         <option value=\"\">(no label)</option>\
         <option value=\"female\">female</option>\
         <option value=\"male\" selected>male</option>\
         </select><span>87%</span>"
    ));
    assert!(page.contains(
        "<span>type</span><select aria-label=\"type of a.jpg\">\
         <option value=\"\" selected>(no label)</option>\
         <option value=\"boots\">boots</option>\
         <option value=\"flats\">flats</option>\
         </select><span></span>"
    ));
    assert!(page.contains("aria-label=\"checked: a.jpg\"") && page.contains("all right 61%"));
}

#[test]
fn a_label_that_is_not_offered_and_one_that_is_missing_stay_what_they_are() {
    let mut card = card("a.jpg");
    card.labels = vec![found("unisex", 1.0)];
    let page = written(&about(), vec![card]);
    assert!(page.contains("<option value=\"unisex\" selected>unisex</option>"));
    assert!(page.contains("<span>100%</span>"));
    assert!(page.contains("aria-label=\"type of a.jpg\"><option value=\"\" selected>"));
}

#[test]
fn only_doubtful_photographs_are_marked() {
    let sure = SheetCard {
        needs_review: false,
        joint: None,
        ..card("sure.jpg")
    };
    let page = written(&about(), vec![card("a.jpg"), sure]);
    let (_, sure) = page.rsplit_once("<li").unwrap();
    let (doubtful, _) = page.split_once("<li class=\"photograph\"").unwrap();
    assert!(doubtful.contains("<li class=\"photograph review\""));
    assert!(doubtful.contains(">review</span>") && doubtful.contains("all right"));
    assert!(!sure.contains(">review</span>") && !sure.contains("all right"));
}

#[test]
fn hostile_texts_stay_text_and_nothing_is_fetched() {
    let hostile = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;";
    let mut about = about();
    let mut card = card(hostile);
    about.source = hostile.to_owned();
    about.generated_at = hostile.to_owned();
    about.version = hostile.to_owned();
    about.notes = vec![hostile.to_owned()];
    about.columns[0].name = hostile.to_owned();
    about.columns[0].labels = vec![hostile.to_owned()];
    card.labels = vec![found(hostile, 0.5), found(hostile, 0.5)];
    let page = written(&about, vec![card]);
    assert_eq!(page.matches("<script").count(), 1);
    assert_eq!(page.matches("</script>").count(), 1);
    assert!(!page.contains("\"'>") && !page.contains("\"\"'"));
    assert!(page.contains("default-src 'none'"));
    let page = page.replace("<img src=\"data:image/jpeg;base64,", "");
    assert!(!page.contains("<img"));
    let page = page.replace("&lt;img src=x", "");
    for forbidden in [
        "http:", "https:", "<link", " src=", "href=", "@import", "url(",
    ] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
}

#[test]
fn a_card_is_written_before_the_next_is_asked_for() {
    struct Counting<'a>(&'a std::cell::Cell<usize>);
    impl Write for Counting<'_> {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let cards = bytes.windows(4).filter(|it| it == b"<li ").count();
            self.0.set(self.0.get() + cards);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let written = std::cell::Cell::new(0);
    let cards = (0..50).map(|number| {
        assert_eq!(written.get(), number);
        Ok(card("a.jpg"))
    });
    write_contact_sheet(&mut Counting(&written), &about(), cards).unwrap();
    assert_eq!(written.get(), 50);
}

#[test]
fn the_first_error_of_a_card_ends_it() {
    let cards = [
        Ok(card("a.jpg")),
        Err(io::Error::other("the disk is gone")),
        Ok(card("b.jpg")),
    ];
    let mut page = Vec::new();
    let error = write_contact_sheet(&mut page, &about(), cards.into_iter()).unwrap_err();
    assert_eq!(error.to_string(), "the disk is gone");
    let page = String::from_utf8(page).unwrap();
    assert!(page.contains("a.jpg") && !page.contains("b.jpg"));
}
