//! Numbers in drawings.

/// What SVG reads: each word followed by its numbers, in units of the drawing, with at most two decimals.
///
/// Not with `{}`: that writes floating-point numbers exactly, and brings 11 kB of Wasm to every start for it.
pub(crate) fn svg(parts: &[(&str, &[f64])]) -> String {
    let mut text = String::new();
    for (word, numbers) in parts {
        text.push_str(word);
        for (at, number) in numbers.iter().enumerate() {
            if at > 0 {
                text.push(' ');
            }
            push(&mut text, *number);
        }
    }
    text
}

/// One number.
pub(crate) fn units(number: f64) -> String {
    svg(&[("", &[number])])
}

fn push(text: &mut String, number: f64) {
    #[expect(clippy::cast_possible_truncation, reason = "drawings are some hundred units large")]
    let hundredths = (number * 100.0).round() as i64;
    if hundredths < 0 {
        text.push('-');
    }
    let (whole, part) = (hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100);
    text.push_str(&whole.to_string());
    match (part / 10, part % 10) {
        (0, 0) => {}
        (tenths, 0) => text.push_str(&format!(".{tenths}")),
        (tenths, hundredths) => text.push_str(&format!(".{tenths}{hundredths}")),
    }
}

#[cfg(test)]
mod tests {
    use super::{svg, units};

    #[test]
    fn numbers_are_written_as_short_as_they_are() {
        for (number, written) in [
            (0.0, "0"),
            (-0.001, "0"),
            (360.0, "360"),
            (2.6, "2.6"),
            (0.05, "0.05"),
            (-12.5, "-12.5"),
            (0.864, "0.86"),
            (9.999, "10"),
            (-0.25, "-0.25"),
        ] {
            assert_eq!(units(number), written);
        }
    }

    #[test]
    fn words_come_before_their_numbers() {
        assert_eq!(svg(&[("M", &[1.0, -2.0]), ("V", &[3.5]), ("z", &[])]), "M1 -2V3.5z");
    }
}
