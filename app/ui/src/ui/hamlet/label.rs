//! A name under a house: one line, or two, a long word broken where it is most likely put together, and cut with an
//! ellipsis only when two lines do not hold it. SVG cannot measure text before it is painted, so widths are reckoned
//! from the font's own proportions, a little on the wide side.

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
        ("", left) => match broken(left, width) {
            Some((first, rest)) => vec![first, rest],
            None => vec![cut(left, width)],
        },
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

/// A word in two parts that both fit. Norwegian names are put together of shorter words, and where two meet most
/// consonants stand beside one another: *Storberg-sætervangen*. Of equal joints the one nearest the middle.
fn broken(word: &str, width: f64) -> Option<(String, String)> {
    let letters: Vec<char> = word.chars().collect();
    let vowel = |at: usize| letters.get(at).is_some_and(|letter| "aeiouyæøåäöéAEIOUYÆØÅ".contains(*letter));
    let joints = (3..letters.len().saturating_sub(1)).filter(|at| !vowel(*at) && vowel(at + 1));
    let parts = joints.filter_map(|at| {
        let (first, rest) = letters.split_at_checked(at)?;
        let (first, rest): (String, String) = (first.iter().chain(&['-']).collect(), rest.iter().collect());
        let consonants = (0..=at).rev().take_while(|at| !vowel(*at)).count();
        let aside = (letters.len() / 2).abs_diff(at);
        (reckon(&first) <= width && reckon(&rest) <= width).then_some(((consonants, usize::MAX - aside), (first, rest)))
    });
    parts.max_by_key(|(how_good, _)| *how_good).map(|(_, parts)| parts)
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

/// Figtree, half bold, in shares of its size.
fn reckon_letter(letter: char) -> f64 {
    let share = match letter {
        'i' | 'l' | '.' | ',' | '\'' | '|' | '!' | ' ' => 0.24,
        'j' | 'I' => 0.27,
        'r' => 0.35,
        't' | 'f' | '-' => 0.38,
        's' | 'z' => 0.47,
        'a' | 'å' | 'ä' | 'á' | 'k' | 'x' => 0.51,
        'e' | 'é' | 'c' | 'v' | 'L' | 'J' | 'F' => 0.54,
        'n' | 'u' | 'ü' | 'h' | 'y' | 'o' | 'ø' | 'ö' | 'T' => 0.56,
        'b' | 'd' | 'g' | 'p' | 'q' | 'B' | 'E' | 'P' | 'S' => 0.6,
        'K' | 'R' | 'Y' | 'Z' | 'X' | '…' => 0.66,
        'm' | 'w' | 'M' | 'æ' => 0.87,
        'W' | 'Æ' | '@' => 1.0,
        upper if upper.is_uppercase() => 0.78,
        _ => 0.7,
    };
    share * SIZE
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDTH: f64 = super::super::layout::LABEL_WIDTH;

    #[test]
    fn a_usual_name_is_one_line() {
        for name in ["Solbakken", "Elvheim", "Nordtun", "Myrvang", "Granli", "Fjordgløtten", "Nordgarden"] {
            assert_eq!(lines(name, WIDTH), [name]);
        }
    }

    #[test]
    fn two_names_take_two_lines() {
        assert_eq!(lines("Hansen Mikkelsen", WIDTH), ["Hansen", "Mikkelsen"]);
        assert_eq!(lines("Nordli-Haugland", WIDTH), ["Nordli-", "Haugland"]);
    }

    #[test]
    fn a_long_word_is_broken_where_it_is_put_together_and_not_cut() {
        for (name, first, rest) in [
            ("Storbergsætervangen", "Storberg-", "sætervangen"),
            ("Kristoffersenhaugen", "Kristoffer-", "senhaugen"),
            ("Langsæterhaugen", "Lang-", "sæterhaugen"),
            ("Fjellheimstunet", "Fjell-", "heimstunet"),
        ] {
            assert_eq!(lines(name, WIDTH), [first, rest]);
        }
    }

    #[test]
    fn what_is_too_long_ends_in_an_ellipsis_and_stays_inside() {
        for name in
            ["Storbergsætervangensætervangen", "Anne-Margrethe og Kristoffer Storbergsætervangen", "WWWWWWWWWWWWWWWW"]
        {
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
