//! Going to another page.

use leptos_router::{NavigateOptions, hooks::use_navigate};

use crate::routes::Route;

/// How to go to a page. Only for the body of a component.
pub(crate) fn use_go() -> impl Fn(Route) + Clone + Send + Sync + 'static {
    let navigate = use_navigate();
    move |route: Route| navigate(&route.to_string(), NavigateOptions::default())
}

/// How to go to a page that takes the place of this one in the history.
pub(crate) fn use_redirect() -> impl Fn(Route) + Clone + Send + Sync + 'static {
    let navigate = use_navigate();
    move |route: Route| navigate(&route.to_string(), NavigateOptions { replace: true, ..NavigateOptions::default() })
}
