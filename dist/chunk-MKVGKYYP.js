function defineRule(rule){return{scripts:rule.meta.hazard==="fails"?"both":"up",...rule}}function canBeTurnedOff(rule){return rule.meta.hazard!=="fails"}export{defineRule,canBeTurnedOff};
