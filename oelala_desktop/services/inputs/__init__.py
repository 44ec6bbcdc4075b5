"""Files given as inputs of a job: looked at and kept once (`store`), what a wish gives and what a job is given of it
(`taking`), what a form draws (`waveform`, `strip`, `masks`). Every file is taken for hostile: it is decoded in
a helper process with limits. Blocking, for worker threads, but for what comes from an address (`url_import`)."""
