//! Whether a page is whole however little room it has and however large its letters are, and what it does with what its
//! reader asks the device for.

use serde_json::{Value, json};

use crate::Browser;

/// Sees to it that nothing is lost: no sideways scrolling, nothing beyond the edges, and no text cut off, unless all of
/// it stands in the `title`.
const LOST: &str = "
    const found = [];
    const name = (e) => `${e.localName}${e.id ? '#' + e.id : ''}.${[...e.classList].join('.')}` +
        ` “${(e.innerText ?? e.textContent ?? '').trim().slice(0, 40)}”`;
    // What the page was given, not what can be seen: a phone shows all of a page that is too wide, in small.
    const room = Math.min(arguments[0], document.documentElement.clientWidth);
    const wide = document.documentElement.scrollWidth - room;
    if (wide > 0) found.push(`the page is ${wide} px too wide`);
    const hidden = (e) => e.closest('.g-visually-hidden, .ds-skiplink:not(:focus), [hidden], dialog:not([open]), [aria-hidden=true]');
    for (const e of document.body.querySelectorAll('*')) {
        if (hidden(e) || e.closest('svg') !== null) continue;
        const style = getComputedStyle(e);
        const box = e.getBoundingClientRect();
        if (style.display === 'none' || box.width === 0 || style.clipPath !== 'none') continue;
        if (box.right > room + 1 || box.left < -1) found.push(`beyond the edge: ${name(e)}`);
        const clips = style.overflowX !== 'visible' || style.textOverflow === 'ellipsis';
        const tooMuch = e.scrollWidth > e.clientWidth + 1 || (e.scrollHeight > e.clientHeight + 1 && style.overflowY !== 'auto');
        // What is typed scrolls in its field.
        if (clips && tooMuch && !['INPUT', 'TEXTAREA', 'SELECT', 'HTML', 'BODY', 'DIALOG'].includes(e.tagName) && !e.title) {
            found.push(`cut off: ${name(e)}`);
        }
        if (e.localName === 'select') {
            // The chosen line is painted over no more than the field is wide.
            const pen = Object.assign(document.createElement('canvas').getContext('2d'), { font: style.font });
            const needs = pen.measureText(e.selectedOptions[0]?.text ?? '').width;
            const has = e.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
            if (needs > has + 1) found.push(`cut off: ${name(e)}`);
        }
    }
    return found;";

/// What moves: each transition and animation that takes longer than a millisecond.
const MOVES: &str = "
    const long = (times) => times.split(',').some((time) => parseFloat(time) * (time.trim().endsWith('ms') ? 1 : 1000) > 1);
    const found = [];
    // What stills the page for those who look at colours shall not hide anything here.
    document.adoptedStyleSheets = [];
    for (const e of document.querySelectorAll('*')) {
        for (const part of [null, '::before', '::after', ...(e.localName === 'dialog' ? ['::backdrop'] : [])]) {
            const style = getComputedStyle(e, part);
            if (long(style.transitionDuration) || (style.animationName !== 'none' && long(style.animationDuration))) {
                found.push(`${e.localName}.${[...e.classList].join('.')}${part ?? ''}`);
            }
        }
    }
    return [...new Set(found)];";

/// Things of a kind that are in different states and look alike.
const ALIKE: &str = "
    const look = (e, part) => {
        const s = getComputedStyle(e, part);
        return [s.backgroundColor, s.backgroundImage, s.color, s.borderTopColor, s.borderTopStyle, s.borderTopWidth,
            s.outlineStyle, s.outlineWidth, s.textDecorationLine].join(' ');
    };
    const found = [];
    const apart = (what, some, others, part = null) => {
        const looks = new Set([...document.querySelectorAll(others)].map((e) => look(e, part)));
        for (const e of document.querySelectorAll(some)) if (looks.has(look(e, part))) found.push(what);
    };
    apart('an answer that stands', '.ds-button[aria-pressed=true]', '.ds-button[aria-pressed=false]');
    apart('the place one is at', '.g-bar a[aria-current], .g-side a[aria-current]', '.g-bar a:not([aria-current]), .g-side a:not([aria-current])');
    apart('what is chosen', '.g-choices label:has(:checked)', '.g-choices label:not(:has(:checked))');
    for (const [one, other] of [['saved', 'sent'], ['sent', 'received'], ['saved', 'received']]) {
        apart(`where things are: ${one}, ${other}`, `[data-state=${one}]`, `[data-state=${other}]`, '::before');
    }
    for (const e of document.querySelectorAll('.ds-button, .g-card')) {
        const s = getComputedStyle(e);
        const edge = s.borderTopStyle !== 'none' && parseFloat(s.borderTopWidth) >= 1 && s.borderTopColor !== s.backgroundColor;
        if (e.checkVisibility() && !edge && s.backgroundColor !== 'rgb(0, 0, 0)') {
            const filled = e.matches('[aria-pressed=true]');
            if (!filled) found.push(`no edge: ${e.className} ${e.innerText.slice(0, 30)}`);
        }
    }
    const light = (colour) => {
        const parts = colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255);
        const [r, g, b] = parts.map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
    };
    for (const e of document.querySelectorAll('[aria-current], [aria-pressed]')) {
        const s = getComputedStyle(e);
        if (s.forcedColorAdjust !== 'none') continue;
        const [one, other] = [light(s.color), light(s.backgroundColor)];
        if (Math.max(one, other) / Math.min(one, other) < 4.5) found.push(`cannot be read: ${e.innerText}`);
    }
    const before = document.activeElement;
    const focused = document.querySelector('a[href], button');
    focused?.focus({ focusVisible: true });
    if (focused && focused.matches(':focus-visible') && getComputedStyle(focused).outlineStyle === 'none') {
        found.push('a focus that cannot be seen');
    }
    before.focus();
    if (document.activeElement === focused) focused.blur();
    return [...new Set(found)];";

/// What is lost of the page as it is shown now.
#[must_use]
pub fn lost(browser: &Browser) -> Vec<String> {
    lines(&browser.script(LOST, &[json!(browser.screen().width())]))
}

/// What moves although the reader has asked for calm.
#[must_use]
pub fn moves(browser: &Browser) -> Vec<String> {
    moves_when(browser, "reduce")
}

/// What moves when the reader has asked for this.
#[must_use]
pub fn moves_when(browser: &Browser, asked: &str) -> Vec<String> {
    asking(browser, &[("prefers-reduced-motion", asked)]);
    let found = lines(&browser.script(MOVES, &[]));
    asking(browser, &[]);
    found
}

/// What cannot be told apart in the few colours the reader has chosen.
#[must_use]
pub fn alike(browser: &Browser) -> Vec<String> {
    // Nothing is on its way from one colour to the other when it is looked at.
    asking(browser, &[("forced-colors", "active"), ("prefers-reduced-motion", "reduce")]);
    let settled = "return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))";
    let _nothing = browser.script(settled, &[]);
    let found = lines(&browser.script(ALIKE, &[]));
    asking(browser, &[]);
    found
}

/// Emulates what a reader can ask the device for: features of media and their values; none of them is as before.
pub fn asking(browser: &Browser, features: &[(&str, &str)]) {
    let features: Vec<Value> = features.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    browser.chromium("Emulation.setEmulatedMedia", &json!({ "features": features }));
}

/// Letters so many per cent of their size, until the next load.
pub fn letters(browser: &Browser, per_cent: u32) {
    let script = "document.documentElement.style.fontSize = arguments[0] === 100 ? '' : `${arguments[0]}%`";
    let _nothing = browser.script(script, &[json!(per_cent)]);
}

fn lines(found: &Value) -> Vec<String> {
    found.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
