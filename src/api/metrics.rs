//! Metrics of the server, in Prometheus' text format: requests by operation and status, and their time. No figure is
//! kept per agency, class or user, since it would tell one agency of another's work.

use std::time::Duration;

use metrics::{Key, Label, Level, Metadata, Recorder, SharedString};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusRecorder};

/// Upper bounds of the histogram's buckets in seconds: from an answer out of memory to a long
/// analysis.
const SECONDS: [f64; 10] = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0];

const METADATA: Metadata<'static> = Metadata::new("accord::api", Level::INFO, None);

const REQUESTS: &str = "accord_http_requests_total";
const ANALYSES: &str = "accord_analyses_total";
const TIME: &str = "accord_http_request_seconds";

/// The metrics of one server.
pub struct Metrics(PrometheusRecorder);

impl Metrics {
    /// Creates metrics with all counters at zero.
    pub fn new() -> Self {
        let builder = PrometheusBuilder::new();
        let builder = builder
            .set_buckets_for_metric(Matcher::Full(TIME.to_owned()), &SECONDS)
            .unwrap_or_else(|_| PrometheusBuilder::new());
        let recorder = builder.build_recorder();
        recorder.describe_counter(
            REQUESTS.into(),
            None,
            SharedString::const_str("Requests by operation and status"),
        );
        recorder.describe_counter(
            ANALYSES.into(),
            None,
            SharedString::const_str("Analyses asked for, by whether the result was kept"),
        );
        recorder.describe_histogram(
            TIME.into(),
            None,
            SharedString::const_str("Seconds from a request's arrival to its answer"),
        );
        Self(recorder)
    }

    /// Counts one request.
    pub fn request(&self, operation: &str, status: u16, time: Duration) {
        let operation = Label::new("operation", operation.to_owned());
        let labels = vec![operation.clone(), Label::new("status", status.to_string())];
        self.0.register_counter(&Key::from_parts(REQUESTS, labels), &METADATA).increment(1);
        self.0
            .register_histogram(&Key::from_parts(TIME, vec![operation]), &METADATA)
            .record(time.as_secs_f64());
    }

    /// Counts one analysis that was asked for, and whether its result was kept.
    pub fn analysis(&self, is_kept: bool) {
        let labels = vec![Label::new("kept", is_kept.to_string())];
        self.0.register_counter(&Key::from_parts(ANALYSES, labels), &METADATA).increment(1);
    }

    /// Returns all metrics as text.
    pub fn render(&self) -> String {
        let handle = self.0.handle();
        handle.run_upkeep();
        handle.render()
    }
}
