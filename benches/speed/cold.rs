//! Cold starts: a fresh process for each sample, and an upload that already waits.

use std::{
    sync::{Arc, Mutex},
    time::Instant,
};

use crate::{
    contender::{Contender, prepare},
    figures::Figures,
    harness::{Function, ROUTE, TestWorld, tls::Authority, uploads},
    quota::Quota,
};

/// Where and how samples are taken.
struct Ground<'a> {
    title: &'a str,
    turns: usize,
    authority: Option<&'a Authority>,
    quota: Option<&'a Quota>,
}

/// The results of one program, in ms.
#[derive(Default)]
struct Row {
    asked: Figures,
    capacity: Figures,
    from_event: Figures,
    answered: Figures,
    peak_mib: Figures,
    calls: Figures,
}

pub async fn over_http() {
    prepare();
    let title = "Cold start over plain HTTP";
    let ground = Ground { title, turns: 41, authority: None, quota: None };
    ground.compare(&[Contender::Scaler, Contender::Floor, Contender::Boto3]).await;
}

pub async fn over_tls() {
    prepare();
    let authority = Authority::new();
    let title = "Cold start over TLS, private authority";
    let ground = Ground { title, turns: 41, authority: Some(&authority), quota: None };
    ground.compare(&[Contender::Scaler, Contender::Floor, Contender::Boto3]).await;
}

pub async fn prewarmed_or_not() {
    let authority = Authority::new();
    let title = "Over TLS, prewarmed or not";
    let ground = Ground { title, turns: 41, authority: Some(&authority), quota: None };
    ground.compare(&[Contender::Scaler, Contender::NotPrewarmed]).await;
}

pub async fn under_quota() {
    prepare();
    let quota = match Quota::new() {
        Ok(quota) => quota,
        Err(error) => {
            println!("\nNo control groups here ({error}): nothing under a CPU quota.");
            return;
        }
    };
    let title = "Cold start at the CPU share of a 128 MB function, plain HTTP";
    let ground = Ground { title, turns: 11, authority: None, quota: Some(&quota) };
    ground.compare(&[Contender::Scaler, Contender::Floor, Contender::Boto3]).await;
}

impl Ground<'_> {
    async fn compare(&self, contenders: &[Contender]) {
        let mut rows: Vec<Row> = contenders.iter().map(|_| Row::default()).collect();
        for _ in 0..self.turns {
            for (contender, row) in contenders.iter().zip(&mut rows) {
                self.sample(*contender, row).await;
            }
        }
        println!("\n{}: median (quartiles) of {} in turn\n", self.title, self.turns);
        println!(
            "| | start to first `next`, ms | start to the capacity call, ms | event to the \
             capacity call, ms | start to the answer, ms | peak memory, MiB | AWS calls |"
        );
        println!("|---|---|---|---|---|---|---|");
        for (contender, row) in contenders.iter().zip(&rows) {
            let Row { asked, capacity, from_event, answered, peak_mib, calls } = row;
            println!(
                "| {} | {} | {} | {} | {} | {:.1} | {} |",
                contender.name(),
                asked.spread(),
                capacity.spread(),
                from_event.spread(),
                answered.spread(),
                peak_mib.median(),
                calls.median(),
            );
        }
        for (contender, row) in contenders.iter().zip(&rows).skip(1) {
            println!(
                "\n{} over {}, turn by turn: capacity call {}, from the event {}, memory {}",
                contender.name(),
                contenders[0].name(),
                row.capacity.over(&rows[0].capacity).spread(),
                row.from_event.over(&rows[0].from_event).spread(),
                row.peak_mib.over(&rows[0].peak_mib).spread(),
            );
        }
    }

    async fn sample(&self, contender: Contender, row: &mut Row) {
        let test_world = TestWorld::at_zero().await;
        let arrival = Arc::new(Mutex::new(None));
        let seen = arrival.clone();
        test_world.sim.with(|world| {
            world.before_call("UpdateEndpointWeightsAndCapacities", 1, move |_, _| {
                *seen.lock().unwrap() = Some(Instant::now());
            });
        });
        let front = match self.authority {
            Some(authority) => Some(authority.front(test_world.url()).await),
            None => None,
        };
        let url = front.as_ref().map_or(test_world.url(), |front| &front.url);
        let certificates =
            self.authority.map(|authority| authority.certificates.display().to_string());
        let variables = contender.variables(certificates.as_deref());
        let variables: Vec<(&str, &str)> =
            variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let command = contender.command(self.quota);
        let mut function = Function::start_as(command, url, ROUTE, &variables).await;
        function.invoke(&uploads(1)).await.answer();

        let (begun, moments) = (function.begun(), function.moments());
        let arrival = arrival.lock().unwrap().expect("capacity was asked for");
        let ms = |from: Instant, to: Instant| (to - from).as_secs_f64() * 1e3;
        row.asked.0.push(ms(begun, moments.asked.unwrap()));
        row.capacity.0.push(ms(begun, arrival));
        row.from_event.0.push(ms(moments.handed_out.unwrap(), arrival));
        row.answered.0.push(ms(begun, moments.posted.unwrap()));
        row.peak_mib.0.push(function.peak_memory_kib() as f64 / 1024.0);
        row.calls.0.push(test_world.sim.with(|world| world.calls_total()) as f64);
    }
}
