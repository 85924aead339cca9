//! The commands that change an endpoint: the built program on the simulated AWS.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod documented;
mod hold;
mod honest;
mod incomplete;
mod local_times;
mod moto;
#[path = "../../../tests/harness/moto_clients.rs"]
mod moto_clients;
// Other tests use the rest of this module.
#[allow(dead_code)]
#[path = "../../../tests/harness/moto_server.rs"]
mod moto_server;
mod pause;
// Other tests use the rest of this module.
#[allow(dead_code)]
#[path = "../harness/pasted.rs"]
mod pasted;
#[path = "../harness/program.rs"]
mod program;
mod release;
mod same_account;
mod scale_in_later;
mod setup;
mod several;
mod shell;
mod sleep;
mod verify;
mod verify_running_work;
mod verify_watchers;
mod wait;
mod wake;
mod work_record;
