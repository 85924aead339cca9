//! `scalerctl open`: the link of the stack's dashboard.
//!
//! | file | content |
//! |---|---|
//! | `args` | arguments and help |
//! | `link` | the link; no I/O |

pub mod args;
mod link;

use scalerctl_console::{
    Failure, browser, loopback::local_url, output::print, progress::Progress, runtime::block_on,
};
use scalerctl_operator::account::function_search::{FunctionSearch, named, names, short_name};
use serde_json::json;

use crate::{clients::Clients, stacks};
use args::OpenArgs;

/// The link to a dashboard, and the function that it belongs to.
struct Found {
    url: String,
    /// What the output says about the function.
    note: Option<String>,
}

/// Prints the link, and opens it.
///
/// # Errors
///
/// [`Failure::NotOk`] if no stack created the function, [`Failure::Usage`] if no function is known,
/// [`Failure::NoAccess`] if AWS cannot be reached.
pub fn open(arguments: &OpenArgs) -> Result<(), Failure> {
    let Found { url, note } = block_on(find(arguments))?;
    let browser = if arguments.print { None } else { browser::open(&url) };
    if arguments.format.is_json() {
        return print(&format!("{:#}\n", json!({ "url": url, "opened_with": browser })));
    }
    print(&format!("{url}\n"))?;
    // stdout has only the link.
    if let Some(note) = note {
        anstream::eprintln!("{note}");
    }
    if let Some(browser) = browser {
        anstream::eprintln!("opened with {browser}");
    }
    Ok(())
}

async fn find(arguments: &OpenArgs) -> Result<Found, Failure> {
    let OpenArgs { function, account, .. } = arguments;
    let progress = Progress::start();
    progress.step("Lambda: the function and its stack");
    let of_shell = named(function.as_deref(), account);
    let of_shell = of_shell.as_ref().map(|named| named.name.as_str());
    let clients = Clients::open(account, &[], of_shell).await?;
    if account.local {
        return Ok(Found { url: format!("{}/", local_url()), note: None });
    }
    let search = FunctionSearch::of(&clients.config, account, function.as_deref(), &[]).await?;
    let note = search.note();
    let arn = match search {
        FunctionSearch::Found { arn } => arn,
        FunctionSearch::Named(named) => named.read(&clients.lambda).await?.unqualified_arn(),
        FunctionSearch::Several(arns) => {
            return Err(Failure::Usage(format!(
                "there are several functions with SCALER_ROUTES in this region: {} (what to do: name one with \
                 --function)",
                names(&arns)
            )));
        }
        FunctionSearch::Nowhere => {
            return Err(Failure::Usage(
                "no function of this region has SCALER_ROUTES (what to do: set its region with --region, or name it \
                 with --function)"
                    .to_owned(),
            ));
        }
        FunctionSearch::Unknown { why, what_to_do } => {
            return Err(Failure::NoAccess(format!("{why} (what to do: {what_to_do})")));
        }
    };
    let Some(stack) = stacks::of(&clients, &arn).await else {
        return Err(Failure::NotOk(format!(
            "no stack created {}, so it has no dashboard (what to do: name the function of a stack with --function)",
            short_name(&arn)
        )));
    };
    Ok(Found { url: link::of(&stack, &clients.region), note })
}
