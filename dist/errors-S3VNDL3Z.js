import{DatabaseError,asDatabaseError,isTransient,troubleOf}from"./chunk-KJIP7Q7Q.js";import"./chunk-A3OMQZ6U.js";export{DatabaseError,asDatabaseError,isTransient,troubleOf};
