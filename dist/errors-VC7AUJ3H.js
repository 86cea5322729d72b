import{DatabaseError,asDatabaseError,isTransient,troubleOf}from"./chunk-TTZID6WP.js";import"./chunk-A3OMQZ6U.js";export{DatabaseError,asDatabaseError,isTransient,troubleOf};
