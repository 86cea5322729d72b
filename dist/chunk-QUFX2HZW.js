import{Refusal}from"./chunk-ZIOG3QAJ.js";var BackupFailed=class extends Refusal{};export{BackupFailed};
