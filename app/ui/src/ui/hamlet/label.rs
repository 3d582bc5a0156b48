//! A name under a house: one line, or two, or cut with an ellipsis. SVG cannot measure text before it is painted, so
//! widths are reckoned from the font's own proportions, a little on the wide side.

/// The largest size names are written in, in the picture's units (see `hamlet-houses.css`).
const SIZE: f64 = 18.5;

/// The name in at most two lines, none wider than `width` units.
pub(super) fn lines(name: &str, width: f64) -> Vec<String> {
    let words = parts(name);
    let mut first = String::new();
    let mut rest = words.iter();
    let mut waiting = rest.next();
    while let Some(word) = waiting {
        let longer = format!("{first}{word}");
        if reckon(longer.trim_end()) > width {
            break;
        }
        first = longer;
        waiting = rest.next();
    }
    let left: String = waiting.into_iter().chain(rest).cloned().collect();
    match (first.trim_end(), left.trim_end()) {
        (_, "") => vec![first.trim_end().to_owned()],
        ("", left) => vec![cut(left, width)],
        (first, left) => vec![first.to_owned(), cut(left, width)],
    }
}

/// Words with what follows them, broken after spaces and hyphens.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for letter in name.trim().chars() {
        let ended = parts.last().is_some_and(|word| word.ends_with([' ', '-']));
        match parts.last_mut() {
            Some(word) if !ended => word.push(letter),
            _ => parts.push(letter.to_string()),
        }
    }
    parts
}

fn cut(text: &str, width: f64) -> String {
    if reckon(text) <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    for letter in text.chars() {
        if reckon(&kept) + reckon_letter(letter) + reckon_letter('…') > width {
            break;
        }
        kept.push(letter);
    }
    format!("{}…", kept.trim_end())
}

fn reckon(text: &str) -> f64 {
    text.chars().map(reckon_letter).sum()
}

fn reckon_letter(letter: char) -> f64 {
    let share = match letter {
        'i' | 'l' | 'j' | 'I' | '.' | ',' | '\'' | '|' | '!' => 0.27,
        't' | 'f' | 'r' | ' ' | '-' => 0.38,
        'm' | 'w' | 'M' | 'W' | '@' | 'Æ' | 'æ' | '…' => 0.88,
        upper if upper.is_uppercase() => 0.7,
        _ => 0.58,
    };
    share * SIZE
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTH: f64 = 106.0;

    #[test]
    fn a_usual_name_is_one_line() {
        for name in ["Solbakken", "Elvheim", "Nordtun", "Myrvang", "Granli", "Fjordgløtt"] {
            assert_eq!(lines(name, WIDTH), [name]);
        }
    }

    #[test]
    fn two_names_take_two_lines() {
        assert_eq!(lines("Hansen Mikkelsen", WIDTH), ["Hansen", "Mikkelsen"]);
        assert_eq!(lines("Nordli-Haugland", WIDTH), ["Nordli-", "Haugland"]);
    }

    #[test]
    fn what_is_too_long_ends_in_an_ellipsis_and_stays_inside() {
        for name in ["Storbergsætervangen", "Anne-Margrethe og Kristoffer Storbergsætervangen", "WWWWWWWWWWWWWWWW"] {
            let lines = lines(name, WIDTH);
            assert!(lines.len() <= 2 && lines.last().is_some_and(|line| line.ends_with('…')), "{lines:?}");
            assert!(lines.iter().all(|line| reckon(line) <= WIDTH), "{lines:?}");
        }
    }

    #[test]
    fn no_name_is_one_empty_line() {
        assert_eq!(lines("  ", WIDTH), [""]);
    }
}
