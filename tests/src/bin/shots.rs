//! Pictures of every screen, with a contact sheet: `cargo xtask shots`.
#![expect(clippy::print_stdout, reason = "a command-line tool speaks to whoever started it")]

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use grend_tests::{
    Browser, Screen,
    programs::root,
    tour::{self, Walk},
};

/// One picture.
struct Shot {
    screen: String,
    language: &'static str,
    size: Screen,
    colours: &'static str,
    file: String,
}

fn main() {
    let folder = env::var_os("GREND_SHOTS").map_or_else(|| root().join("target/shots"), PathBuf::from);
    fs::create_dir_all(&folder).expect("the folder of the pictures can be made");
    let mut shots = Vec::new();
    for language in ["nb", "nn", "en"] {
        tour::walk(Walk { language }, |screen, browser| {
            shots.extend(portraits(&folder, language, screen, browser));
        });
        println!("▸ {} pictures after the walk in {language}", shots.len());
    }
    fs::write(folder.join("index.html"), sheet(&shots)).expect("the contact sheet can be written");
    println!("✓ {}", folder.join("index.html").display());
}

/// One screen: bokmål by day and night on both sizes, the other languages by day where the screen is at home.
fn portraits(folder: &Path, language: &'static str, screen: &str, browser: &mut Browser) -> Vec<Shot> {
    let at_home = browser.screen();
    let (sizes, schemes) = match language {
        "nb" => (vec![Screen::Phone, Screen::Desk], vec!["light", "dark"]),
        _ => (vec![at_home], vec!["light"]),
    };
    let mut shots = Vec::new();
    for size in sizes {
        browser.resize(size);
        for colours in &schemes {
            browser.colours(colours);
            let file = format!("{screen}-{}-{colours}-{language}.png", word(size));
            browser.whole_picture(&folder.join(&file));
            shots.push(Shot { screen: screen.to_owned(), language, size, colours, file });
        }
    }
    browser.colours("auto");
    browser.resize(at_home);
    shots
}

const fn word(size: Screen) -> &'static str {
    match size {
        Screen::Phone => "phone",
        Screen::Desk => "desk",
    }
}

/// All pictures, screen by screen in the order of the walk.
fn sheet(shots: &[Shot]) -> String {
    let mut screens: Vec<&str> = Vec::new();
    for shot in shots {
        if !screens.contains(&shot.screen.as_str()) {
            screens.push(&shot.screen);
        }
    }
    let sections: String = screens.iter().map(|screen| section(screen, shots)).collect();
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Grend, every screen</title>\
         <style>body{{font:16px/1.4 sans-serif;margin:2rem;background:#ddd}}div{{display:flex;gap:1rem;flex-wrap:wrap;\
         align-items:start}}figure{{margin:0}}img{{display:block;border:1px solid #999}}.phone{{width:240px}}\
         .desk{{width:640px}}</style><h1>Grend, every screen</h1>{sections}</html>\n"
    )
}

fn section(screen: &str, shots: &[Shot]) -> String {
    let figures: String = shots
        .iter()
        .filter(|shot| shot.screen == screen)
        .map(|Shot { language, size, colours, file, .. }| {
            let size = word(*size);
            format!(
                "<figure><a href={file}><img class={size} src={file} loading=lazy alt=''></a>\
                 <figcaption>{size}, {colours}, {language}</figcaption></figure>"
            )
        })
        .collect();
    format!("<h2>{screen}</h2><div>{figures}</div>")
}
