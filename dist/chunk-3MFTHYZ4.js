function interruption(){let controller=new AbortController;for(let name of["SIGINT","SIGTERM"])process.on(name,()=>{controller.signal.aborted||process.stderr.write(`${name}: stopping.
`),controller.abort()});return controller.signal}export{interruption};
