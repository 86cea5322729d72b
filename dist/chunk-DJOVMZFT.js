var contentsChoices=["all","data","schema"],proofLevels=["none","checksums","archive","restored","external"];function writeManifest(manifest){return`${JSON.stringify(manifest,null,2)}
`}function isGood({proof}){return proof.failed===null&&proof.reached!=="none"}export{contentsChoices,proofLevels,writeManifest,isGood};
