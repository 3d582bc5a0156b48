//! A Leptos page with one line in it, built as the app is: the baseline of `cargo xtask bench`.

use leptos::prelude::*;

fn main() {
    leptos::mount::mount_to_body(|| view! { <main data-test="front">"Grend"</main> });
}
