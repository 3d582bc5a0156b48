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
    // What is no screen any more shall not look as if it were.
    let _was_there = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the folder of the pictures can be made");
    // `GREND_SHOTS_LANGUAGES`, a list, leaves some out while one works on a screen.
    let chosen = env::var("GREND_SHOTS_LANGUAGES").ok();
    let mut shots = Vec::new();
    for language in ["nb", "nn", "en"] {
        if chosen.as_deref().is_some_and(|chosen| !chosen.contains(language)) {
            continue;
        }
        tour::walk(Walk { language }, |screen, browser| {
            shots.extend(portraits(&folder, language, screen, browser));
        });
        println!("▸ {} pictures after the walk in {language}", shots.len());
    }
    fs::write(folder.join("index.html"), sheet(&shots)).expect("the contact sheet can be written");
    println!("✓ {}", folder.join("index.html").display());
}

/// One screen, by day and by night, on the phone and at the desk.
fn portraits(folder: &Path, language: &'static str, screen: &str, browser: &mut Browser) -> Vec<Shot> {
    let at_home = browser.screen();
    let mut shots = Vec::new();
    for size in [Screen::Phone, Screen::Desk] {
        browser.resize(size);
        for colours in ["light", "dark"] {
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
        Screen::Narrow => "narrow",
    }
}

/// All pictures, screen by screen in the order of the walk, with filters. It needs nothing but the files beside it.
fn sheet(shots: &[Shot]) -> String {
    let mut screens: Vec<&str> = Vec::new();
    for shot in shots {
        if !screens.contains(&shot.screen.as_str()) {
            screens.push(&shot.screen);
        }
    }
    let options: String = screens.iter().map(|screen| format!("<option>{screen}</option>")).collect();
    let sections: String = screens.iter().map(|screen| section(screen, shots)).collect();
    include_str!("shots.html").replace("{screens}", &options).replace("{sections}", &sections)
}

fn section(screen: &str, shots: &[Shot]) -> String {
    let figures: String = shots
        .iter()
        .filter(|shot| shot.screen == screen)
        .map(|Shot { language, size, colours, file, .. }| {
            let size = word(*size);
            format!(
                "<figure data-size={size} data-colours={colours} data-language={language}>\
                 <a href={file}><img class={size} src={file} loading=lazy alt='{screen}, {size}'></a>\
                 <figcaption>{size}, {colours}, {language}</figcaption></figure>\n"
            )
        })
        .collect();
    format!("<section data-screen={screen}><h2>{screen}</h2><div>{figures}</div></section>\n")
}
