"""What each verb of `harness` does; imported only when its verb is given."""
